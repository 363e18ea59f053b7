package dev.neostream.checkpoint.format;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.ReadOnlyBufferException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SafetensorsTest {

  @TempDir Path folder;

  @Test
  void shouldWriteTheBytesOfTheFormat() throws IOException {
    Path file = folder.resolve("model.safetensors");
    ByteBuffer data = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
    data.putFloat(1f).putFloat(-2f).flip();

    Safetensors.write(
        file, Map.of("by", "test"), List.of(new Tensor("w", DType.F32, new long[] {1, 2}, data)));

    String header =
        "{\"__metadata__\":{\"by\":\"test\",\"format\":\"pt\"},"
            + "\"w\":{\"dtype\":\"F32\",\"shape\":[1,2],\"data_offsets\":[0,8]}}";
    String padded = header + " ".repeat((8 - header.length() % 8) % 8);
    ByteBuffer expected =
        ByteBuffer.allocate(8 + padded.length() + 8)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putLong(padded.length())
            .put(padded.getBytes(StandardCharsets.UTF_8))
            .putInt(0x3F800000)
            .putInt(0xC0000000);
    assertArrayEquals(expected.array(), Files.readAllBytes(file));
  }

  @Test
  void shouldReadWhatWasWritten() throws IOException {
    Random random = new Random(42);
    List<Tensor> tensors = new ArrayList<>();
    for (DType dtype : DType.values()) {
      tensors.add(tensor(random, dtype + ".matrix", dtype, 3, 5));
      tensors.add(tensor(random, dtype + ".none \" \\ \u00e9\u4e2d\ud83d\ude00", dtype, 4, 0));
    }
    tensors.add(tensor(random, "scalar", DType.I64));
    tensors.add(tensor(random, "larger than one write", DType.U8, (8 << 20) + 3));
    Path file = folder.resolve("all.safetensors");

    Safetensors.write(file, Map.of(), tensors);
    List<Tensor> read = Safetensors.read(file);

    assertEquals(tensors, read);
    assertThrows(ReadOnlyBufferException.class, () -> read.get(0).data().put(0, (byte) 1));
  }

  @Test
  void shouldRoundTripAFileWithoutTensors() throws IOException {
    Path file = folder.resolve("empty.safetensors");

    Safetensors.write(file, Map.of(), List.of());

    assertEquals(List.of(), Safetensors.read(file));
  }

  @Test
  void shouldReadTensorsBeyondTwoGiB() throws IOException {
    long first = 2_000_000_000;
    String header =
        ("{\"a\":{\"dtype\":\"U8\",\"shape\":[%1$d],\"data_offsets\":[0,%1$d]},"
                + "\"b\":{\"dtype\":\"I32\",\"shape\":[250000000],\"data_offsets\":[%1$d,%2$d]}}")
            .formatted(first, first + 1_000_000_000);
    Path file = write(header, 0);
    long size = Files.size(file);
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      ByteBuffer last = ByteBuffer.wrap(new byte[] {1, 2, 0, 0});
      channel.write(last, size + first + 1_000_000_000 - 4); // sparse: takes no space
    }

    List<Tensor> read = Safetensors.read(file);

    assertEquals(0x201, read.get(1).data().getInt(999_999_996));
  }

  @Test
  void shouldRefuseToWriteANameTwiceOrOverAFile() throws IOException {
    Tensor tensor = tensor(new Random(1), "w", DType.F16, 2);
    Tensor reserved = tensor(new Random(1), "__metadata__", DType.F16, 2);
    Path file = folder.resolve("w.safetensors");

    assertThrows(
        IllegalArgumentException.class,
        () -> Safetensors.write(file, Map.of(), List.of(tensor, tensor)));
    assertThrows(
        IllegalArgumentException.class, () -> Safetensors.write(file, Map.of(), List.of(reserved)));
    Safetensors.write(file, Map.of(), List.of(tensor));
    assertThrows(
        FileAlreadyExistsException.class, () -> Safetensors.write(file, Map.of(), List.of(tensor)));
  }

  /** In the headers {@code '} stands for a double quote. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        // what the data does not bear out
        "{'w':{'dtype':'U8','shape':[5],'data_offsets':[0,5]}} | 4 | w: must lie inside the file",
        "{'w':{'dtype':'U8','shape':[3],'data_offsets':[0,3]}} | 4 | no bytes may follow",
        "{} | 1 | no bytes may follow",
        "{'v':{'dtype':'U8','shape':[3],'data_offsets':[0,3]},"
            + "'w':{'dtype':'U8','shape':[2],'data_offsets':[2,4]}} | 4 | w: must not overlap",
        "{'v':{'dtype':'U8','shape':[1],'data_offsets':[0,1]},"
            + "'w':{'dtype':'U8','shape':[2],'data_offsets':[2,4]}} | 4 | w: must leave no gap",
        "{'w':{'dtype':'U8','shape':[2],'data_offsets':[2,4]}} | 4 | w: must leave no gap",
        // entries at odds with themselves
        "{'w':{'dtype':'U8','shape':[3],'data_offsets':[0,4]}} | 4 | w: bytes must fit shape",
        "{'w':{'dtype':'F32','shape':[3],'data_offsets':[0,4]}} | 4 | w: bytes must fit shape",
        "{'w':{'dtype':'U8','shape':[4],'data_offsets':[4,0]}} | 4 | w: must have a name and",
        "{'w':{'dtype':'U8','shape':[4],'data_offsets':[-4,0]}} | 4 | w: must have a name and",
        "{'w':{'dtype':'U8','shape':[4],'data_offsets':[0]}} | 4 | w: must have a name and",
        "{'':{'dtype':'U8','shape':[4],'data_offsets':[0,4]}} | 4 | must have a name and",
        "{'w':{'dtype':'U8','shape':[-4],'data_offsets':[0,4]}} | 4 | dimensions must be >= 0",
        "{'w':{'dtype':'U8','shape':[4294967296,4294967296],'data_offsets':[0,0]}} | 0 | 63 bits",
        "{'w':{'dtype':'X9','shape':[4],'data_offsets':[0,4]}} | 4 | DType.X9",
        // not the JSON that is meant
        "{'w':{'dtype':'U8','shape':[4]}} | 4 | data_offsets",
        "{'w':{'dtype':'U8','shape':null,'data_offsets':[0,4]}} | 4 | shape",
        "{'w':{'dtype':'U8','shape':[null],'data_offsets':[0,0]}} | 0 | tensor w",
        "{'w':{'dtype':'U8','shape':['4'],'data_offsets':[0,4]}} | 4 | tensor w",
        "{'w':{'dtype':'U8','shape':[4.0],'data_offsets':[0,4]}} | 4 | tensor w",
        "{'w':{'dtype':'U8','shape':[99999999999999999999],'data_offsets':[0,4]}} | 4 | tensor w",
        "{'w':{'dtype':'U8','shape':[4],'data_offsets':[0,4],'more':1}} | 4 | more",
        "{'w':[]} | 0 | tensor w",
        "{'w':null} | 0 | w: must have a dtype",
        "{'w':{'dtype':'U8','dtype':'I8','shape':[4],'data_offsets':[0,4]}} | 4 | Duplicate",
        "{'w':{'dtype':'U8','shape':[2],'data_offsets':[0,2]},"
            + "'w':{'dtype':'U8','shape':[2],'data_offsets':[2,4]}} | 4 | Duplicate",
        "{'__metadata__':{'k':1}} | 0 | must hold text only: key=k",
        "{'__metadata__':[]} | 0 | must be an object",
        "{'__metadata__':{'k':'a','k':'b'}} | 0 | Duplicate",
        "{'__metadata__':{'k':'a' | 0 | header must be",
        "{'w':{'dtype':'U8','shape':[4],'data_offsets':[0,4]} | 4 | header must be",
        "{} {} | 0 | one JSON object",
        "[] | 0 | must start with '{'",
        "~ {}~ | 0 | must start with '{'",
      })
  void shouldRefuseWhenTheHeaderIsHostile(String header, int dataBytes, String expected)
      throws IOException {
    Path file = write(header.replace('\'', '"'), dataBytes);

    var error = assertThrows(IOException.class, () -> Safetensors.read(file));

    assertTrue(error.getMessage().startsWith(file.toString()), error.getMessage());
    assertTrue(error.getMessage().contains(expected.trim()), error.getMessage());
  }

  @ParameterizedTest
  @CsvSource({"0", "1", "3", "100000001", "9223372036854775807", "-1", "-9223372036854775808"})
  void shouldRefuseWhenTheHeaderLengthIsHostile(long length) throws IOException {
    Path file = folder.resolve("length.safetensors");
    ByteBuffer bytes = ByteBuffer.allocate(10).order(ByteOrder.LITTLE_ENDIAN);
    Files.write(file, bytes.putLong(length).put((byte) '{').put((byte) '}').array());

    var error = assertThrows(IOException.class, () -> Safetensors.read(file));

    assertTrue(error.getMessage().contains(Long.toUnsignedString(length)), error.getMessage());
  }

  @Test
  void shouldRefuseAHeaderThatIsNotUtf8() throws IOException {
    Path file = folder.resolve("utf8.safetensors");
    byte[] header = "{\"__metadata__\":{\"k\":\"?\"}}      ".getBytes(StandardCharsets.UTF_8);
    header[21] = (byte) 0xFF;
    Files.write(
        file,
        ByteBuffer.allocate(8 + header.length)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putLong(header.length)
            .put(header)
            .array());

    assertThrows(IOException.class, () -> Safetensors.read(file));
  }

  @Test
  void shouldRefuseAFileCutAnywhere() throws IOException {
    Path file = folder.resolve("whole.safetensors");
    Safetensors.write(file, Map.of(), List.of(tensor(new Random(3), "w", DType.F32, 2, 2)));
    byte[] whole = Files.readAllBytes(file);
    Path cut = folder.resolve("cut.safetensors");

    for (int bytes = 0; bytes < whole.length; bytes++) {
      Files.write(cut, Arrays.copyOf(whole, bytes));

      assertThrows(IOException.class, () -> Safetensors.read(cut));
    }
  }

  private Path write(String header, int dataBytes) throws IOException {
    byte[] text = header.getBytes(StandardCharsets.UTF_8);
    Path file = folder.resolve("hostile.safetensors");
    ByteBuffer bytes = ByteBuffer.allocate(8 + text.length + dataBytes);
    bytes.order(ByteOrder.LITTLE_ENDIAN).putLong(text.length).put(text);
    return Files.write(file, bytes.array());
  }

  private static Tensor tensor(Random random, String name, DType dtype, long... shape) {
    long bytes = dtype.size();
    for (long dimension : shape) {
      bytes *= dimension;
    }
    byte[] data = new byte[(int) bytes];
    random.nextBytes(data);
    return new Tensor(name, dtype, shape, ByteBuffer.wrap(data));
  }
}
