"""Constants: views, packing, lazy values."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mo.graph.element_type import ElementType
from mo.graph.tensor import MappedFile, Tensor, pack, unpack


@given(st.lists(st.integers(0, 15)), st.sampled_from([ElementType.u4, ElementType.i4]))
def test_packing_four_bits_can_be_undone(numbers, dtype):
    values = np.array(numbers, np.int8)
    if dtype is ElementType.i4:
        values = values - 8
    packed = pack(values, 4)
    assert packed.size == -(-len(numbers) // 2)
    assert unpack(packed, dtype, len(numbers)).astype(np.int8).tolist() == values.tolist()


def test_the_first_element_is_in_the_low_bits():
    assert pack(np.array([1, 2, 3]), 4).tolist() == [0x21, 0x03]


def test_a_tensor_of_a_file_stays_in_the_file(tmp_path):
    path = tmp_path / "weights"
    path.write_bytes(b"x" * 3 + np.arange(4, dtype=np.float32).tobytes())
    file = MappedFile(path)
    tensor = file.tensor(ElementType.f32, [2, 2], 3, 16)
    assert tensor.extent == (file, 3)
    assert tensor.tolist() == [[0, 1], [2, 3]]
    assert tensor.reshaped([4]).extent == (file, 3)


def test_bytes_outside_the_file_are_refused(tmp_path):
    path = tmp_path / "weights"
    path.write_bytes(b"1234")
    with pytest.raises(ValueError, match=r"bytes 2..6 lie outside the file of 4 bytes"):
        MappedFile(path).tensor(ElementType.f32, [1], 2, 4)


def test_the_number_of_bytes_must_fit_the_shape():
    with pytest.raises(ValueError, match=r"f32\[3\] takes 12 bytes, there are 8"):
        Tensor.from_bytes(bytes(8), ElementType.f32, [3])


def test_a_lazy_tensor_computes_when_asked():
    calls = []

    def load():
        calls.append(1)
        return np.ones((2, 2))

    tensor = Tensor.lazy(ElementType.f16, (2, 2), load)
    assert tensor.nbytes == 8
    assert not calls
    assert tensor.storage().size == 8
    assert calls


def test_texts_are_stored_with_count_and_offsets():
    tensor = Tensor.of(np.array(["ab", "", "c"], object), ElementType.string)
    numbers = np.frombuffer(tensor.storage()[:20].tobytes(), "<i4").tolist()
    assert numbers == [3, 0, 2, 2, 3]
    assert tensor.storage()[20:].tobytes() == b"abc"
