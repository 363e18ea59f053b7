package dev.neostream.ingest.warc;

import static dev.neostream.ingest.warc.Warcs.bytes;
import static dev.neostream.ingest.warc.Warcs.concat;
import static dev.neostream.ingest.warc.Warcs.gzip;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.neostream.ingest.file.Item;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import java.util.zip.Deflater;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BodyTest {

  private static final int MEBIBYTE = 1 << 20;

  /** Enough to take all bounds of a body several times. */
  private static final int BLOCKS = 256;

  @Test
  void shouldDecodeThousandsOfMembersWithoutContent() throws IOException {
    byte[] empty = gzip(new byte[0]);
    byte[] body = new byte[60_000 * empty.length];
    for (int i = 0; i < body.length; i++) {
      body[i] = empty[i % empty.length];
    }

    assertEquals("", decoded(body, "gzip"));
    assertEquals("x", decoded(concat(body, gzip(bytes("x"))), "gzip"));
    assertEquals("x", decoded(gzip(concat(body, gzip(bytes("x")))), "gzip, gzip"));
  }

  @Test
  void shouldTakeWholeBodyWhenItsTrailerIsMissing() throws IOException {
    byte[] body = gzip(bytes("the whole page"));

    for (int missing = 0; missing <= 8; missing++) {
      byte[] cut = Arrays.copyOf(body, body.length - missing);

      assertEquals("the whole page", decoded(cut, "gzip"), "missing=" + missing);
    }
    assertThrows(IOException.class, () -> decoded(Arrays.copyOf(body, body.length - 9), "gzip"));
    body[body.length - 1] ^= 1;
    assertThrows(IOException.class, () -> decoded(body, "gzip"));
  }

  @ParameterizedTest
  @CsvSource({
    // gzip of "plain text" inside brotli, which stores it: one metablock and an empty last one
    "'gzip, br',  8b0e801f8b08000000000002032bc849cccc532849ad280100b80f0b440a00000003",
    "'gzip',      1f8b08000000000002032bc849cccc532849ad280100b80f0b440a000000",
    "'gzip,gzip', 1f8b08000000000002032bc849cccc532849ad280100b80f0b440a000000",
    "'X-Gzip, identity, GZIP', 1f8b08000000000002032bc849cccc532849ad280100b80f0b440a000000",
    "'',          1f8b08000000000002032bc849cccc532849ad280100b80f0b440a000000",
    "identity,    1f8b08000000000002032bc849cccc532849ad280100b80f0b440a000000",
  })
  void shouldDecodeWhatIsThereRatherThanWhatIsDeclared(String codings, String hex)
      throws IOException {
    assertEquals("plain text", decoded(HexFormat.of().parseHex(hex), codings));
  }

  @Test
  void shouldTakeTheRestAsItIsWhenItStartsWithATag() throws IOException {
    assertEquals("<p>a", decoded(gzip(bytes("<p>a")), "br, gzip"));
    assertEquals("<p>a", decoded(bytes("<p>a"), "a, b, c, d, e"));
    assertThrows(IOException.class, () -> decoded(gzip(bytes("text")), "deflate, gzip"));
  }

  @Test
  void shouldRefuseWhenBodySaysGzipAndIsDamaged() {
    byte[] body = gzip(bytes("some text, compressed"));
    body[15] ^= 0x55;

    assertThrows(IOException.class, () -> decoded(body, ""));
  }

  /**
   * Empty stored blocks give no output, so that the bound of the payload never ends the reading.
   */
  @Test
  void shouldRefuseWhenWhatLiesBetweenCodingsIsABomb() {
    byte[] inner = member(new byte[] {0, 0, 0, -1, -1});
    byte[] outer = gzip(inner);
    assertTrue(inner.length > 32 * MEBIBYTE && outer.length < MEBIBYTE);

    for (String codings : new String[] {"gzip, gzip", "gzip, gzip, gzip"}) {
      byte[] body = codings.length() > 10 ? gzip(outer) : outer;

      var error = assertThrows(FormatException.class, () -> decoded(body, codings));

      assertTrue(error.getMessage().contains("between them"), error.getMessage());
    }
  }

  @Test
  void shouldGiveOneByteTooManyWhenPayloadIsTooLarge() throws IOException {
    byte[] large = new byte[Item.MAX_PAYLOAD_BYTES + 5];

    assertEquals(Item.MAX_PAYLOAD_BYTES + 1, decoded(gzip(large), "gzip").length());
    assertEquals(Item.MAX_PAYLOAD_BYTES + 1, decoded(gzip(gzip(large)), "gzip, gzip").length());
    assertEquals(Item.MAX_PAYLOAD_BYTES + 1, decoded(large, "").length());
  }

  @Test
  void shouldKeepWhatCameWhenCutInsideAnyLayer() throws IOException {
    byte[] whole = new byte[100_000];
    new Random(17).nextBytes(whole);
    byte[] body = gzip(gzip(whole));

    assertArrayEquals(whole, new Body(body, 0, body.length - 8).decoded("gzip, gzip", true));
    byte[] part = new Body(body, 0, body.length - 30_000).decoded("gzip, gzip", true);
    assertTrue(part.length > 60_000 && part.length < 80_000, "length=" + part.length);
    assertArrayEquals(Arrays.copyOf(whole, part.length), part);
  }

  private static String decoded(byte[] body, String codings) throws IOException {
    return new String(
        new Body(body, 0, body.length).decoded(codings, false), StandardCharsets.ISO_8859_1);
  }

  /** Returns a member whose deflate data is the same stored block millions of times. */
  private static byte[] member(byte[] block) {
    var out = new ByteArrayOutputStream();
    out.writeBytes(new byte[] {0x1f, (byte) 0x8b, Deflater.DEFLATED, 0, 0, 0, 0, 0, 0, 0});
    for (int i = 0; i < BLOCKS * MEBIBYTE / 32; i++) {
      out.writeBytes(block);
    }
    out.writeBytes(new byte[] {3, 0, 0, 0, 0, 0, 0, 0, 0, 0});
    return out.toByteArray();
  }
}
