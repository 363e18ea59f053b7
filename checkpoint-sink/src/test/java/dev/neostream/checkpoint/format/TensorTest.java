package dev.neostream.checkpoint.format;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;

class TensorTest {

  @Test
  void shouldRefuseBytesThatDoNotFitTheShape() {
    ByteBuffer data = ByteBuffer.allocate(20);

    var error =
        assertThrows(
            IllegalArgumentException.class,
            () -> new Tensor("w", DType.F32, new long[] {2, 3}, data));

    assertTrue(error.getMessage().contains("tensor=w"), error.getMessage());
    assertTrue(error.getMessage().contains("expected=24, given=20"), error.getMessage());
  }

  @Test
  void shouldRefuseAnEmptyNameANegativeDimensionAndASizeBeyond63Bits() {
    ByteBuffer none = ByteBuffer.allocate(0);
    long[] huge = {1L << 32, 1L << 32};

    assertThrows(
        IllegalArgumentException.class, () -> new Tensor("", DType.U8, new long[] {0}, none));
    assertThrows(
        IllegalArgumentException.class, () -> new Tensor("w", DType.U8, new long[] {-1, 0}, none));
    assertThrows(IllegalArgumentException.class, () -> new Tensor("w", DType.U8, huge, none));
  }

  @Test
  void shouldTakeTheBytesFromPositionToLimitAndGiveThemLittleEndian() {
    ByteBuffer data = ByteBuffer.allocate(12).order(ByteOrder.LITTLE_ENDIAN);
    data.putFloat(4, 1.5f).position(4).limit(8);

    Tensor scalar = new Tensor("s", DType.F32, new long[0], data);

    assertEquals(1.5f, scalar.data().getFloat());
    assertEquals(4, scalar.data().remaining());
    assertEquals(4, data.position());
  }

  @Test
  void shouldNotLetACallerChangeTheShape() {
    long[] shape = {2};
    Tensor tensor = new Tensor("w", DType.BF16, shape, ByteBuffer.allocate(4));

    shape[0] = 7;
    tensor.shape()[0] = 8;

    assertEquals(2, tensor.shape()[0]);
  }
}
