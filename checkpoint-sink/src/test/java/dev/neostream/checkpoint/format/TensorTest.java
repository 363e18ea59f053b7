package dev.neostream.checkpoint.format;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
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

  @Test
  void shouldGiveFloatsOfThreeTypesExactly() {
    ByteBuffer bytes = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putShort((short) 0x3555).putShort((short) 0x8001); // fp16 0.33325195 and -2^-24
    bytes.putShort((short) 0x3EAB).putShort((short) 0xFF80).flip(); // bf16 0.33398438, -infinity
    var half = new Tensor("h", DType.F16, new long[] {2}, bytes.slice(0, 4));
    var brain = new Tensor("b", DType.BF16, new long[] {2}, bytes.slice(4, 4));
    var whole = new Tensor("w", DType.F32, new long[] {2}, bytes);

    assertArrayEquals(new float[] {0.33325195f, -0x1p-24f}, floats(half));
    assertArrayEquals(new float[] {0.33398438f, Float.NEGATIVE_INFINITY}, floats(brain));
    assertArrayEquals(
        new float[] {Float.intBitsToFloat(0x80013555), Float.intBitsToFloat(0xFF803EAB)},
        floats(whole));
    var e =
        assertThrows(
            IllegalArgumentException.class,
            () -> floats(new Tensor("i", DType.I32, new long[] {2}, bytes)));
    assertEquals("a tensor must be F32, F16 or BF16: tensor=i, dtype=I32", e.getMessage());
  }

  private static float[] floats(Tensor tensor) {
    FloatBuffer floats = FloatBuffer.allocate(2);
    tensor.copyFloats(floats);
    return floats.array();
  }
}
