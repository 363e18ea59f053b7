package dev.neostream.ingest.parquet;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import java.util.zip.ZipException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class Lz4Test {

  /** Encoded by lz4 4.4.5 for Python: 900 times x between two words. */
  private static final String LONG =
      "7f626567696e20780100ffffff73f00220656e64206f662074686520626c6f636b";

  @ParameterizedTest
  @CsvSource({
    "00, ''",
    "3061 6263, abc", // three literals
    "3261 6263 0300 50 6465666768, abcabcabcdefgh", // six bytes from three back, overlapping
    "1061, a",
    "1f61 0100 05 50 6263646566, aaaaaaaaaaaaaaaaaaaaaaaaabcdef", // 19 + 5 more of them
  })
  void shouldDecodeSequencesThatWereWrittenByHand(String hex, String text) throws IOException {
    byte[] block = HexFormat.of().parseHex(hex.replace(" ", ""));

    assertEquals(text, utf8(Lz4.block(block, text.length())));
    assertEquals(text, utf8(Lz4.framed(block, text.length())));
    assertEquals(text + text, utf8(Lz4.framed(frames(block, text.length()), 2 * text.length())));
  }

  @Test
  void shouldDecodeWhatTheReferenceEncoded() throws IOException {
    byte[] block = HexFormat.of().parseHex(LONG);
    String text = "begin " + "x".repeat(900) + " end of the block";

    assertEquals(text, utf8(Lz4.block(block, text.length())));
  }

  @ParameterizedTest
  @CsvSource({
    "3061 62, 3", // a literal short
    "3061 6263, 2", // more than there is room for
    "3061 6263, 4", // less
    "3061 6263 04, 9", // half an offset
    "3061 6263 0400, 8", // from in front of the start
    "3061 6263 0000, 8", // from nowhere
    "30616263 0300, 6", // a byte more than there is room for
    "f0ffffffffffffffff, 9", // a length that never ends
    "'', 1",
  })
  void shouldRefuseDamagedBlocks(String hex, int size) {
    byte[] block = HexFormat.of().parseHex(hex.replace(" ", ""));

    assertThrows(ZipException.class, () -> Lz4.block(block, size));
    assertThrows(ZipException.class, () -> Lz4.framed(block, size));
  }

  @Test
  void shouldEndWithTheRightSizeOrRefuseWhenBytesAreDamaged() {
    byte[] sound = HexFormat.of().parseHex(LONG);
    var random = new Random(3);
    for (int round = 0; round < 20_000; round++) {
      byte[] block = Arrays.copyOf(sound, 1 + random.nextInt(sound.length));
      block[random.nextInt(block.length)] = (byte) random.nextInt(256);
      int size = random.nextInt(2_000);
      try {
        assertEquals(size, Lz4.framed(block, size).length);
      } catch (ZipException e) {
        // Refused, as it should be.
      }
    }
  }

  @Test
  void shouldBeTheCodecsOfPages() throws IOException {
    byte[] block = HexFormat.of().parseHex("30616263");

    assertArrayEquals(new byte[] {'a', 'b', 'c'}, Page.decompress(7, block, 3));
    assertArrayEquals(new byte[] {'a', 'b', 'c'}, Page.decompress(5, block, 3));
  }

  private static byte[] frames(byte[] block, int size) {
    byte[] frame =
        Parquets.concat(new byte[] {0, 0, 0, (byte) size, 0, 0, 0, (byte) block.length}, block);
    return Parquets.concat(frame, frame);
  }

  private static String utf8(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
