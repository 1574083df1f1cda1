"""``python -m mo``"""

from mo.main import main

raise SystemExit(main())
