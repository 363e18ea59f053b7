package dev.neostream.ingest.warc;

import static dev.neostream.ingest.warc.Warcs.bytes;
import static dev.neostream.ingest.warc.Warcs.concat;
import static dev.neostream.ingest.warc.Warcs.gzip;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.github.luben.zstd.Zstd;
import dev.neostream.ingest.file.Item;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BodyTest {

  private static final int MEBIBYTE = 1 << 20;

  /** Enough to take all bounds of a body several times. */
  private static final int BLOCKS = 256;

  private static final String PAGE =
      "<html><body><p>The owner of the mill keeps a record of every sack of flour, and of every"
          + " visitor.</p></body></html>";

  /** Encoded by brotli 1.1.0. */
  private static final String PAGE_IN_BROTLI =
      "1b7200808cd325b2f74a1394db523dfa6a7906a2f8aa384c1e1f2a1d1c02fb1e51b4c4520adc64219249df984dd4"
          + "6768149c75bb37337950750d1b982944a500a14a29a7fee6f35fa0ed656102df2b1cdc";

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

  /** Empty bodies are whole, and so is text whose coding nobody applied or somebody took off. */
  @ParameterizedTest
  @ValueSource(strings = {"gzip", "deflate", "br", "zstd", "gzip, br", "gzip, gzip", "br, br"})
  void shouldTakeEmptyAndPlainBodiesWhateverIsDeclared(String codings) throws IOException {
    assertEquals("", decoded(new byte[0], codings));
    String text = "Plain text, in UTF-8: \u00e2\u0080\u009c\u00e6\u0096\u0087\u00e2\u0080\u009d";
    assertEquals(text, decoded(bytes(text), codings));
  }

  @Test
  void shouldTakeDeflatedBodyWithoutItsChecksum() throws IOException {
    byte[] body = deflated(bytes(PAGE), false);

    for (int missing = 0; missing <= 4; missing++) {
      assertEquals(PAGE, decoded(Arrays.copyOf(body, body.length - missing), "deflate"));
    }
    byte[] cut = Arrays.copyOf(body, body.length - 20);
    assertThrows(IOException.class, () -> decoded(cut, "deflate"));
  }

  @Test
  void shouldTakeOffACodingOnceThatIsNamedTwice() throws IOException {
    assertEquals(PAGE, decoded(deflated(bytes(PAGE), false), "deflate, deflate"));
    assertEquals(PAGE, decoded(Zstd.compress(bytes(PAGE)), "zstd, zstd"));
    assertEquals(PAGE, decoded(HexFormat.of().parseHex(PAGE_IN_BROTLI), "br, br"));
    assertEquals(PAGE, decoded(gzip(gzip(bytes(PAGE))), "gzip, gzip"));
    assertEquals(PAGE, decoded(gzip(gzip(bytes(PAGE))), "gzip"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"gzip, deflate", "deflate, gzip", "deflate", "br", "utf-8", "gzip, utf-8"})
  void shouldUndoTheCodingThatIsThereWhenAnotherIsDeclared(String codings) throws IOException {
    assertEquals(PAGE, decoded(gzip(bytes(PAGE)), codings));
  }

  @Test
  void shouldTakeChunksAsWholeThoughTheLastIsMissing() throws IOException {
    for (String end : new String[] {"0\r\n\r\n", "0", "", "\r\n", "\n"}) {
      byte[] body = bytes("3\r\nabc\r\n2;x=y\r\nde\r\n" + end);

      Body whole = new Body(body, 0, body.length).dechunked(false);

      assertEquals("abcde", decoded(Arrays.copyOfRange(body, whole.from(), whole.to()), ""), end);
    }
    for (String damaged : new String[] {"3\r\nabc\r\n5\r\nde", "3\r\nabc\r\nxyz\r\n"}) {
      byte[] body = bytes(damaged);
      assertThrows(
          IOException.class, () -> new Body(body, 0, body.length).dechunked(false), damaged);
    }
  }

  @Test
  void shouldTakeTheRestAsItIsWhenItStartsWithATag() throws IOException {
    assertEquals("<p>a", decoded(gzip(bytes("<p>a")), "br, gzip"));
    assertEquals("<p>a", decoded(bytes("<p>a"), "a, b, c, d, e"));
    assertEquals("text", decoded(gzip(bytes("text")), "deflate, gzip"));
    assertEquals("<p>a", decoded(gzip(bytes("<p>a")), "unheard-of, deflate"));
    assertThrows(IOException.class, () -> decoded(gzip(bytes("\1\2\3")), "deflate, gzip"));
    assertThrows(IOException.class, () -> decoded(bytes("\1\2\3"), "a, b, c, d, e"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "identity", "gzip"})
  void shouldUndoCodingThatNoHeaderNames(String declared) throws IOException {
    byte[] page = bytes(PAGE);
    for (byte[] coded :
        List.of(
            gzip(page),
            Zstd.compress(page),
            deflated(page, false),
            deflated(page, true),
            HexFormat.of().parseHex(PAGE_IN_BROTLI))) {
      assertEquals(PAGE, decoded(declared.equals("gzip") ? gzip(coded) : coded, declared));
    }
  }

  @Test
  void shouldLeaveBytesAloneThatAreNoCodedText() throws IOException {
    var random = new Random(5);
    for (int round = 0; round < 20_000; round++) {
      byte[] body = new byte[16 + random.nextInt(200)];
      random.nextBytes(body);
      body[0] = 0; // neither gzip nor zstd

      assertArrayEquals(body, new Body(body, 0, body.length).decoded("", false));
    }
    byte[] image = HexFormat.of().parseHex("89504e470d0a1a0a0000000d49484452000000010000000108");
    assertArrayEquals(image, new Body(image, 0, image.length).decoded("", false));
    // What is text needs no decoding, whatever it starts with: this is a header of zlib, too.
    assertEquals("x^2 + y^2", decoded(bytes("x^2 + y^2"), ""));
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

  private static byte[] deflated(byte[] plain, boolean raw) throws IOException {
    var deflated = new ByteArrayOutputStream();
    try (var out = new DeflaterOutputStream(deflated, new Deflater(9, raw))) {
      out.write(plain);
    }
    return deflated.toByteArray();
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
