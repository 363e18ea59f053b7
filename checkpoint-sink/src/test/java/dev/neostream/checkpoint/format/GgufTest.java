package dev.neostream.checkpoint.format;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GgufTest {

  @TempDir Path folder;

  private Path file;

  @BeforeEach
  void place() {
    file = folder.resolve("model.gguf");
  }

  private static GgufTensor tensor(String name, GgufType type, List<Long> shape, float... values) {
    return new GgufTensor(name, type, shape, () -> FloatBuffer.wrap(values));
  }

  private static float[] random(int seed, int size) {
    var random = new Random(seed);
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  /** Returns the bytes of a tensor's values as the file holds them. */
  private ByteBuffer encoded(GgufType type, float... values) throws IOException {
    Files.deleteIfExists(file);
    Gguf.write(file, Map.of(), List.of(tensor("t", type, List.of((long) values.length), values)));
    // 24 bytes, then name (8 + 1), dimensions (4 + 8), type and offset (4 + 8), up to 64.
    return ByteBuffer.wrap(Files.readAllBytes(file))
        .order(ByteOrder.LITTLE_ENDIAN)
        .position(64)
        .slice()
        .order(ByteOrder.LITTLE_ENDIAN);
  }

  @Test
  void shouldWriteTheBytesOfTheFormat() throws IOException {
    Map<String, Object> metadata = new LinkedHashMap<>();
    metadata.put("number", 7);
    metadata.put("real", 1.5f);
    metadata.put("flag", true);
    metadata.put("text", "中");
    metadata.put("ints", new int[] {-1, 2});
    metadata.put("reals", new float[] {-2f});
    metadata.put("texts", List.of("a", ""));

    Gguf.write(
        file,
        metadata,
        List.of(
            tensor("m", GgufType.F32, List.of(3L, 2L), 1, 2, 3, 4, 5, 6),
            tensor("n", GgufType.F16, List.of(1L), 1)));

    String header =
        "47475546 03000000 0200000000000000 0700000000000000"
            + "0600000000000000 6e756d626572 04000000 07000000"
            + "0400000000000000 7265616c 06000000 0000c03f"
            + "0400000000000000 666c6167 07000000 01"
            + "0400000000000000 74657874 08000000 0300000000000000 e4b8ad"
            + "0400000000000000 696e7473 09000000 05000000 0200000000000000 ffffffff 02000000"
            + "0500000000000000 7265616c73 09000000 06000000 0100000000000000 000000c0"
            + "0500000000000000 7465787473 09000000 08000000 0200000000000000"
            + "0100000000000000 61 0000000000000000"
            // The length of a row first; the second lies at the next multiple of 32.
            + "0100000000000000 6d 02000000 0200000000000000 0300000000000000 00000000"
            + "0000000000000000"
            + "0100000000000000 6e 01000000 0100000000000000 01000000 2000000000000000";
    String padded = header.replace(" ", "");
    padded += "00".repeat((32 - padded.length() / 2 % 32) % 32);
    String data = "0000803f 00000040 00004040 00008040 0000a040 0000c040" + "00".repeat(8) + "003c";
    assertEquals(
        padded + data.replace(" ", "") + "00".repeat(30),
        HexFormat.of().formatHex(Files.readAllBytes(file)));
  }

  @Test
  void shouldRoundToTheNearestSixteenBits() throws IOException {
    float[] values = {
      0f,
      -0f,
      1f,
      -2f,
      65504f,
      65519.99f,
      0x1p-14f,
      0x1p-24f,
      -0x1p-24f,
      0x1p-25f,
      0x1.8p-25f,
      1 + 0x1p-11f,
      1 + 0x1.8p-10f,
      1 + 0x1.002p-11f,
      0x1.ffbp-15f,
      0x1.ffcp-15f,
      1e-30f,
      0.1f
    };
    int[] expected = {
      0x0000, 0x8000, 0x3C00, 0xC000, 0x7BFF, 0x7BFF, 0x0400, 0x0001, 0x8001,
      0x0000, // half of the smallest: to even
      0x0001, // three quarters
      0x3C00, // half of a unit: to even, down
      0x3C02, // and up
      0x3C01, // a little more than half
      0x03FF, 0x0400, // half of a unit: to even, a normal number
      0x0000, 0x2E66
    };

    ByteBuffer bytes = encoded(GgufType.F16, values);

    for (int i = 0; i < values.length; i++) {
      assertEquals(
          Integer.toHexString(expected[i]),
          Integer.toHexString(bytes.getShort() & 0xFFFF),
          "value=" + values[i]);
    }
  }

  @Test
  void shouldKeepEverySixteenBitNumber() {
    for (int bits = 0; bits < 1 << 16; bits++) {
      float value = Float16.toFloat((short) bits);
      if (Float.isFinite(value)) {
        assertEquals((short) bits, Float16.of(value), Integer.toHexString(bits));
        assertTrue(Math.abs(value) <= 65504);
      } else {
        assertEquals(0x7C00, bits & 0x7C00);
        assertEquals((bits & 0x3FF) != 0, Float.isNaN(value));
      }
    }
    assertEquals(0x1p-24f, Float16.toFloat((short) 1));
    assertEquals(-65504f, Float16.toFloat((short) 0xFBFF));
    assertEquals(0.33325195f, Float16.toFloat((short) 0x3555));
  }

  @Test
  void shouldQuantizeBlocksAsGgmlDoes() throws IOException {
    float[] values = new float[96];
    values[0] = -127; // scale 1: each value is its own byte
    values[1] = 126.5f; // half: away from 0
    values[2] = -0.5f;
    values[3] = 0.49999997f;
    values[4] = 2.4f;
    values[33] = 0.3f; // its scale is 0.3 / 127, of which 16 bits are 0.0023613
    values[34] = -0.2f; // -84.67
    values[35] = 0.1f; // 42.33

    ByteBuffer bytes = encoded(GgufType.Q8_0, values);

    byte[] first = new byte[32];
    System.arraycopy(new byte[] {-127, 127, -1, 0, 2}, 0, first, 0, 5);
    byte[] second = new byte[32];
    System.arraycopy(new byte[] {0, 127, -85, 42}, 0, second, 0, 4);
    assertBlock(0x3C00, first, bytes);
    assertBlock(0x18D6, second, bytes);
    assertBlock(0, new byte[32], bytes); // no division by 0
  }

  private static void assertBlock(int scale, byte[] values, ByteBuffer bytes) {
    assertEquals(Integer.toHexString(scale), Integer.toHexString(bytes.getShort() & 0xFFFF));
    byte[] block = new byte[32];
    bytes.get(block);
    assertArrayEquals(values, block);
  }

  @Test
  void shouldBeReadAsWritten() throws IOException {
    // More values than are encoded at once, and no round number of them.
    float[] large = random(1, 3 * 32 * 40_007);
    float[] small = random(2, 5);
    var tensors =
        List.of(
            tensor("a", GgufType.F32, List.of(5L), small),
            tensor("b", GgufType.Q8_0, List.of(3L, 32 * 40_007L), large),
            tensor("c", GgufType.F16, List.of(3L, 32 * 40_007L), large),
            tensor("d", GgufType.F32, List.of(3L, 32 * 40_007L), large));

    Gguf.write(file, Map.of("key", 1), tensors);

    Map<String, float[]> read = read(file);
    assertEquals(List.of("a", "b", "c", "d"), new ArrayList<>(read.keySet()));
    assertArrayEquals(small, read.get("a"));
    assertArrayEquals(large, read.get("d"));
    float largest = 0;
    for (int i = 0; i < large.length; i++) {
      // Of a block whose largest magnitude is below 6 a value is off by half a 127th of it.
      assertEquals(large[i], read.get("b")[i], 6f / 127 / 2 * 1.01f);
      assertEquals(large[i], read.get("c")[i], Math.abs(large[i]) * 0x1p-11f + 0x1p-25f);
      largest = Math.max(largest, Math.abs(large[i]));
    }
    assertTrue(largest < 6, "the bound above must hold: " + largest);
  }

  /** Reads the values of a file that has no metadata but one uint32, as far as this test needs. */
  private static Map<String, float[]> read(Path file) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    assertEquals(0x46554747, bytes.getInt());
    assertEquals(3, bytes.getInt());
    long count = bytes.getLong();
    assertEquals(1, bytes.getLong());
    text(bytes);
    assertEquals(4, bytes.getInt());
    bytes.getInt();
    record Info(String name, int size, int type, int offset) {}
    List<Info> infos = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      String name = text(bytes);
      int size = 1;
      for (int n = bytes.getInt(); n > 0; n--) {
        size *= (int) bytes.getLong();
      }
      infos.add(new Info(name, size, bytes.getInt(), (int) bytes.getLong()));
    }
    int data = (bytes.position() + 31) / 32 * 32;
    Map<String, float[]> tensors = new LinkedHashMap<>();
    for (Info info : infos) {
      assertEquals(0, info.offset % 32);
      bytes.position(data + info.offset);
      float[] values = new float[info.size];
      float scale = 0;
      for (int i = 0; i < values.length; i++) {
        if (info.type == 8 && i % 32 == 0) {
          scale = Float16.toFloat(bytes.getShort());
        }
        values[i] =
            switch (info.type) {
              case 0 -> bytes.getFloat();
              case 1 -> Float16.toFloat(bytes.getShort());
              case 8 -> bytes.get() * scale;
              default -> throw new AssertionError(info);
            };
      }
      tensors.put(info.name, values);
    }
    assertEquals(bytes.limit(), (bytes.position() + 31) / 32 * 32);
    return tensors;
  }

  private static String text(ByteBuffer bytes) {
    byte[] utf8 = new byte[(int) bytes.getLong()];
    bytes.get(utf8);
    return new String(utf8, StandardCharsets.UTF_8);
  }

  @Test
  void shouldAskForATensorOnlyWhenTheOneBeforeIsWritten() throws IOException {
    List<Long> sizes = new ArrayList<>();
    List<GgufTensor> tensors = new ArrayList<>();
    for (String name : List.of("a", "b")) {
      tensors.add(
          new GgufTensor(
              name,
              GgufType.F32,
              List.of(32L),
              () -> {
                sizes.add(file.toFile().length());
                return FloatBuffer.allocate(32);
              }));
    }

    Gguf.write(file, Map.of(), tensors);

    assertEquals(128, sizes.get(1) - sizes.get(0));
  }

  @Test
  void shouldRefuseWhatTheFormatCannotHold() throws IOException {
    float[] block = new float[32];
    block[31] = 65_520;
    float[] nothing = new float[32];
    nothing[3] = Float.NaN;
    float[] endless = new float[32];
    endless[9] = Float.NEGATIVE_INFINITY;
    List<Long> row = List.of(32L);

    assertRefused("tensor big cannot be F16: ", tensor("big", GgufType.F16, row, block));
    assertRefused("value=65520.0", tensor("big", GgufType.F16, row, block));
    assertRefused("tensor nan cannot be Q8_0", tensor("nan", GgufType.Q8_0, row, nothing));
    assertRefused("value=NaN", tensor("nan", GgufType.F16, row, nothing));
    assertRefused("value=Infinity", tensor("endless", GgufType.Q8_0, row, endless));
    assertRefused("shape=[32], values=31", tensor("few", GgufType.F32, row, new float[31]));
    var one = tensor("one", GgufType.F32, row, block);
    assertRefused("tensor=one", one, one);
    var metadata =
        assertThrows(
            IllegalArgumentException.class,
            () -> Gguf.write(file, Map.of("key", List.of(1)), List.of(one)));
    assertTrue(metadata.getMessage().contains("key=key, value=[1]"), metadata.getMessage());
    Gguf.write(file, Map.of(), List.of(one));
    assertThrows(FileAlreadyExistsException.class, () -> Gguf.write(file, Map.of(), List.of(one)));
  }

  private void assertRefused(String problem, GgufTensor... tensors) throws IOException {
    var e =
        assertThrows(
            IllegalArgumentException.class, () -> Gguf.write(file, Map.of(), List.of(tensors)));
    assertTrue(e.getMessage().contains(problem), e.getMessage());
    Files.deleteIfExists(file);
  }

  @Test
  void shouldRefuseNamesAndShapesThatReadersDo() {
    assertFalse(shape("n".repeat(63), GgufType.F32, List.of(1L)).contains("must"));
    assertTrue(shape("n".repeat(64), GgufType.F32, List.of(1L)).contains("bytes=64"));
    assertTrue(shape("", GgufType.F32, List.of(1L)).contains("bytes=0"));
    assertTrue(shape("n", GgufType.F32, List.of()).contains("shape=[]"));
    assertTrue(shape("n", GgufType.F32, List.of(1L, 0L)).contains("shape=[1, 0]"));
    assertTrue(shape("n", GgufType.F32, List.of(1L, 1L, 1L, 1L, 1L)).contains("1 .. 4"));
    assertTrue(shape("n", GgufType.Q8_0, List.of(32L, 33L)).contains("multiple of 32"));
  }

  private static String shape(String name, GgufType type, List<Long> shape) {
    try {
      return tensor(name, type, shape).toString();
    } catch (IllegalArgumentException e) {
      return e.getMessage();
    }
  }
}
