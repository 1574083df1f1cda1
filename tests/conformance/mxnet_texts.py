"""Networks for texts and other sequences. Runs in the environment of ``mxnet_networks.py``."""

from mxnet import gluon
from mxnet_building import RANDOM, prepared, save


def bert(folder):
    from gluonnlp.model.bert import BERTEncoder, BERTModel

    size = {"units": 64, "hidden_size": 128, "max_length": 32, "num_heads": 4, "num_layers": 3}
    encoder = BERTEncoder(dropout=0.1, activation="gelu", layer_norm_eps=1e-12, **size)
    network = BERTModel(
        encoder,
        vocab_size=200,
        token_type_vocab_size=2,
        units=64,
        embed_size=64,
        use_pooler=True,
        use_decoder=False,
    )
    feeds = [
        [
            RANDOM.randint(0, 200, (batch, 12)).astype("f"),
            RANDOM.randint(0, 2, (batch, 12)).astype("f"),
            RANDOM.randint(3, 13, (batch,)).astype("f"),
        ]
        for batch in (1, 2)
    ]
    prepared(network, *feeds[0])
    save(folder, network, feeds, ("data0", "data1", "data2"))


class Layers(gluon.HybridBlock):
    """Blocks and functions of (F, x), one after the other."""

    def __init__(self, *steps):
        super().__init__()
        with self.name_scope():
            self.steps = []
            for place, step in enumerate(steps):
                made = step() if isinstance(step, type) else step
                if isinstance(made, gluon.Block):
                    self.register_child(made, str(place))
                self.steps.append(made)

    def hybrid_forward(self, F, x):
        for step in self.steps:
            x = step(x) if isinstance(step, gluon.Block) else step(F, x)
        return x


def language_model(folder):
    """The LSTM language model of GluonNLP: embedding, layers of LSTM, decoder."""
    nn, rnn = gluon.nn, gluon.rnn
    network = Layers(
        nn.Embedding(100, 32), rnn.LSTM(48, 2, input_size=32), nn.Dense(100, flatten=False)
    )
    feeds = [[RANDOM.randint(0, 100, (7, batch)).astype("f")] for batch in (1, 2)]
    prepared(network, *feeds[0])
    save(folder, network, feeds)


def time_series(folder):
    nn, rnn = gluon.nn, gluon.rnn
    network = Layers(
        rnn.GRU(20, 2, bidirectional=True, layout="NTC"),
        lambda F, x: F.slice_axis(x, axis=1, begin=-1, end=None),
        nn.Dense(3),
    )
    feeds = [[RANDOM.randn(batch, 9, 5).astype("f")] for batch in (1, 2)]
    prepared(network, *feeds[0])
    save(folder, network, feeds)


def text_reader(folder):
    """OCR: convolutions, LSTM in both directions over the columns, classes and the CTC blank."""
    nn, rnn = gluon.nn, gluon.rnn
    network = Layers(
        nn.Conv2D(16, 3, padding=1, activation="relu"),
        nn.MaxPool2D(2),
        nn.Conv2D(32, 3, padding=1),
        nn.BatchNorm(),
        nn.Activation("relu"),
        nn.MaxPool2D(2),
        lambda F, x: F.transpose(F.reshape(x, (0, -3, -2)), (2, 0, 1)),
        rnn.LSTM(24, 2, bidirectional=True),
        nn.Dense(11, flatten=False),
        lambda F, x: F.softmax(x),
    )
    feeds = [[RANDOM.uniform(-1, 1, (batch, 3, 16, 64)).astype("f")] for batch in (1, 2)]
    prepared(network, *feeds[0])
    save(folder, network, feeds)
