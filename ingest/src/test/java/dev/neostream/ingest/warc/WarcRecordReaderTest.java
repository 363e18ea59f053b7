package dev.neostream.ingest.warc;

import static dev.neostream.ingest.warc.Warcs.HTML;
import static dev.neostream.ingest.warc.Warcs.bytes;
import static dev.neostream.ingest.warc.Warcs.concat;
import static dev.neostream.ingest.warc.Warcs.gzip;
import static dev.neostream.ingest.warc.Warcs.record;
import static dev.neostream.ingest.warc.Warcs.response;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
import dev.neostream.ingest.file.Item;
import dev.neostream.ingest.file.Items;
import dev.neostream.ingest.file.Origin;
import dev.neostream.ingest.file.Place;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WarcRecordReaderTest {

  @TempDir Path folder;

  @Test
  void shouldReadDocumentWhenResponseIsHtml() throws IOException {
    byte[] first = record("warcinfo", "urn:x", "application/warc-fields", bytes("a: b\r\n"));

    List<Item> items = read(concat(first, response("a", HTML + "<p>hello")));

    Item.Document document = Items.document(items.get(1));
    assertEquals(List.of("warc.record_type"), Items.reasons(items));
    assertEquals("warcinfo", Items.broken(items.get(0)).rejection().value());
    assertEquals("http://x/a", document.url());
    assertEquals("text/html", document.mediaType());
    assertEquals(Optional.of("gbk"), document.charset());
    assertEquals(Instant.parse("2020-01-02T03:04:05Z").toEpochMilli(), document.crawledAtMillis());
    assertEquals(first.length, document.offset());
    assertEquals("<p>hello", Items.text(document));
    assertEquals("a.warc", document.file());
  }

  @Test
  void shouldGiveOffsetOfMemberWhenEachRecordIsCompressed() throws IOException {
    byte[] first = gzip(response("a", HTML + "a"));
    byte[] second = gzip(response("b", HTML + "b"));

    List<Item> items = read(concat(first, second, gzip(response("c", HTML + "c"))));

    assertEquals(List.of("a", "b", "c"), items.stream().map(Items::text).toList());
    assertEquals(
        List.of(0L, (long) first.length, (long) first.length + second.length),
        items.stream().map(Item::offset).toList());
  }

  @Test
  void shouldReadEveryRecordWhenWholeFileIsOneMember() throws IOException {
    List<Item> items = read(gzip(concat(response("a", HTML + "a"), response("b", HTML + "b"))));

    assertEquals(List.of("a", "b"), items.stream().map(Items::text).toList());
  }

  @Test
  void shouldReadTextWhenRecordIsConversion() throws IOException {
    List<Item> items =
        read(
            record("conversion", "http://x/a", "text/plain", bytes("plain")),
            record("resource", "http://x/b", "text/html", bytes("<p>")),
            record("resource", "metadata://x/log", "text/plain", bytes("log")),
            record("resource", "http://x/c", "image/png", bytes("png")),
            record("revisit", "http://x/d", "application/http", bytes("")));

    assertEquals(
        List.of("plain", "<p>"), Items.documents(items).stream().map(Items::text).toList());
    assertEquals(
        List.of("warc.record_type", "warc.media_type", "warc.record_type"), Items.reasons(items));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "HTTP/1.1 404 Not Found~Content-Type: text/html~~x | warc.http_status | 404",
        "HTTP/1.1 206 Partial~Content-Type: text/html~~x   | warc.http_status | 206",
        "HTTP/1.1 200 OK~Content-Type: image/png~~x        | warc.media_type  | image/png",
        "HTTP/1.1 200 OK~Content-Type: TEXT/CSS; a=b~~x    | warc.media_type  | text/css",
        "HTTP/1.1 200 OK~~x                                | warc.media_type  | none",
      })
  void shouldRejectWithValueWhenResponseIsNoPage(String http, String reason, String value)
      throws IOException {
    List<Item> items = read(response("a", http.replace("~", "\r\n")), response("b", HTML + "b"));

    assertEquals(reason, Items.broken(items.get(0)).rejection().reason());
    assertEquals(value, Items.broken(items.get(0)).rejection().value());
    assertEquals("http://x/a", items.get(0).url());
    assertEquals("b", Items.text(items.get(1)));
  }

  @Test
  void shouldRemoveEncodingsWhenBodyIsChunkedAndCompressed() throws IOException {
    String header = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n";
    byte[] gzip = concat(bytes(header + "Content-Encoding: gzip\r\n\r\n"), gzip(bytes("zipped")));
    String chunked = header + "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n";

    List<Item> items = read(response("a", gzip), response("b", chunked));

    assertEquals(List.of("zipped", "abcde"), items.stream().map(Items::text).toList());
  }

  @ParameterizedTest
  @CsvSource({
    // The words "plain text", encoded by pyarrow.compress and Python's gzip.
    "br, 8b0480706c61696e207465787403",
    "zstd, 28b52ffd200a510000706c61696e2074657874",
    "x-gzip, 1f8b08000000000002032bc849cccc532849ad280100b80f0b440a000000",
    "identity, 706c61696e2074657874",
  })
  void shouldDecodeBodyWhenContentIsCoded(String coding, String hex) throws IOException {
    String header = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Encoding: " + coding;

    List<Item> items =
        read(response("a", concat(bytes(header + "\r\n\r\n"), HexFormat.of().parseHex(hex))));

    assertEquals("plain text", Items.text(items.get(0)));
  }

  @Test
  void shouldPassOverInterimResponses() throws IOException {
    String interim = "HTTP/1.1 100 Continue\r\n\r\n";
    String hints = "HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\n";

    List<Item> items =
        read(
            response("a", interim + HTML + "a"),
            response("b", interim + hints + interim + HTML + "b"),
            response("c", hints + "HTTP/1.1 404 Not Found\r\n\r\n"),
            response("d", interim),
            response("e", HTML + "HTTP/1.1 is a protocol"));

    assertEquals(
        List.of("a", "b", "HTTP/1.1 is a protocol"),
        Items.documents(items).stream().map(Items::text).toList());
    assertEquals("404", Items.broken(items.get(2)).rejection().value());
    assertEquals("100", Items.broken(items.get(3)).rejection().value());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "                         | text/html            | text/html",
        "                         | application/xhtml+xml| text/html",
        "                         | text/plain           | text/plain",
        "application/octet-stream | text/html            | text/html",
        "application/octet-stream | text/plain           | text/plain",
        "application/xml          | text/html            | text/html",
        "unknown/unknown          | text/html            | text/html",
        "text/plain               | text/html            | text/plain",
        "text/html                | text/plain           | text/html",
        "text/css                 | text/plain           | text/css",
        "application/octet-stream | image/png            | application/octet-stream",
        "                         | image/png            | image/png",
      })
  void shouldTakeTheTypeThatTheCrawlerIdentifiedWhereNoneIsDeclared(
      String declared, String identified, String type) throws IOException {
    String header = declared == null ? "" : "Content-Type: " + declared + "\r\n";
    byte[] response = response("a", "HTTP/1.1 200 OK\r\n" + header + "\r\n<x>some text");
    byte[] resource =
        record("resource", "http://x/a", declared == null ? "" : declared, bytes("<x>some text"));

    for (byte[] record : List.of(response, resource)) {
      String text = new String(record, java.nio.charset.StandardCharsets.ISO_8859_1);
      String field = "WARC-Identified-Payload-Type: " + identified + "\r\n";
      Item item = read(bytes(text.replaceFirst("WARC-Date", field + "WARC-Date"))).get(0);

      assertEquals(
          type,
          item instanceof Item.Document document
              ? document.mediaType()
              : Items.broken(item).rejection().value());
    }
  }

  @Test
  void shouldReadFileThatStartsWithAMark() throws IOException {
    byte[] mark = {(byte) 0xef, (byte) 0xbb, (byte) 0xbf};
    byte[] records = concat(response("a", HTML + "a"), mark, response("b", HTML + "b"));

    for (byte[] file : List.of(concat(mark, records), gzip(concat(mark, records)))) {
      assertEquals(List.of("a", "b"), read(file).stream().map(Items::text).toList());
    }
    assertEquals(List.of("warc.empty"), Items.reasons(read(mark)));
  }

  @Test
  void shouldDecodeDeflateWhenItHasAHeaderOrNot() throws IOException {
    String header =
        "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Encoding: deflate\r\n\r\n";
    for (boolean raw : new boolean[] {false, true}) {
      var deflated = new ByteArrayOutputStream();
      try (var out = new DeflaterOutputStream(deflated, new Deflater(9, raw))) {
        out.write(bytes("plain text"));
      }

      List<Item> items = read(response("a", concat(bytes(header), deflated.toByteArray())));

      assertEquals("plain text", Items.text(items.get(0)));
    }
  }

  @Test
  void shouldTakeBodyAsItIsWhenCrawlerStoredItDecoded() throws IOException {
    String header = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n";

    List<Item> items =
        read(
            response("a", header + "Content-Encoding: gzip\r\n\r\n <p>a"),
            response("b", header + "Transfer-Encoding: chunked\r\n\r\n<p>b"),
            response("c", header + "Content-Encoding: br\r\n\r\n<!doctype html><p>c"));

    assertEquals(
        List.of(" <p>a", "<p>b", "<!doctype html><p>c"), items.stream().map(Items::text).toList());
  }

  @Test
  void shouldKeepWhatIsThereWhenCrawlerCutAnEncodedBody() throws IOException {
    byte[] zipped = gzip(bytes("x".repeat(100_000) + "y".repeat(100_000)));
    String header = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n";
    byte[] cut =
        concat(bytes(header + "Content-Encoding: gzip\r\n\r\n"), Arrays.copyOf(zipped, 150));
    byte[] chunked = bytes(header + "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n9\r\nde");

    for (byte[] body : List.of(cut, chunked)) {
      String record = new String(response("a", body), java.nio.charset.StandardCharsets.ISO_8859_1);
      List<Item> whole = read(bytes(record));
      List<Item> truncated =
          read(bytes(record.replaceFirst("WARC-Date", "WARC-Truncated: length\r\nWARC-Date")));

      assertEquals(List.of("warc.http"), Items.reasons(whole));
      assertTrue(Items.text(truncated.get(0)).matches("x+y*|abcde"));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "<!DocType html><p>x      | text/html",
        "  <HTML lang=en><p>x     | text/html",
        "<!-- c --><p>x           | text/html",
        "<body>x                  | text/html",
        "<basket>x                | none",
        "<?xml version='1.0'?><a/>| none",
        "x <p>                    | none",
      })
  void shouldLookAtTheBodyWhenServerNamedNoMediaType(String body, String type) throws IOException {
    String unknown = "HTTP/1.1 200 OK\r\nContent-Type: unknown/unknown\r\n\r\n";

    List<Item> items =
        read(response("a", "HTTP/1.1 200 OK\r\n\r\n" + body), response("b", unknown + body));

    for (Item item : items) {
      assertEquals(
          type,
          item instanceof Item.Document document
              ? document.mediaType()
              : Items.broken(item).rejection().value());
    }
  }

  @Test
  void shouldReadFramesWhenArchiveIsZstd() throws IOException {
    byte[] first = Zstd.compress(response("a", HTML + "a"));
    byte[] damaged = zstd(response("b", HTML + "b"));
    damaged[damaged.length - 1] ^= 0x55; // its checksum
    byte[] third = Zstd.compress(concat(response("c", HTML + "c"), response("d", HTML + "d")));

    List<Item> items = read("a.warc.zst", first, damaged, third);

    assertEquals(List.of("a", "c", "d"), Items.documents(items).stream().map(Items::text).toList());
    assertEquals(List.of("warc.compression"), Items.reasons(items));
    assertEquals(first.length, items.get(1).offset());
    assertEquals(first.length + damaged.length, items.get(2).offset());
  }

  private static byte[] zstd(byte[] plain) {
    try (var context = new ZstdCompressCtx()) {
      return context.setChecksum(true).compress(plain);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void shouldUseDictionaryWhenItIsTheFirstFrame(boolean compressed) throws IOException {
    byte[] dictionary = response("common", HTML + "words that all pages share ".repeat(20));
    var frames = new ByteArrayOutputStream();
    byte[] stored = compressed ? Zstd.compress(dictionary) : dictionary;
    frames.writeBytes(new byte[] {0x5d, 0x2a, 0x4d, 0x18});
    frames.writeBytes(new byte[] {(byte) stored.length, (byte) (stored.length >> 8), 0, 0});
    frames.writeBytes(stored);
    for (String name : List.of("a", "b", "c")) {
      frames.writeBytes(
          Zstd.compressUsingDict(
              response(name, HTML + "words that all pages share " + name), dictionary, 9));
    }

    List<Item> items = read("a.warc.zst", frames.toByteArray());

    assertEquals(
        List.of("http://x/a", "http://x/b", "http://x/c"), items.stream().map(Item::url).toList());
    assertEquals("words that all pages share c", Items.text(items.get(2)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"gzip", "deflate", "br", "unheard-of"})
  void shouldRejectOneRecordWhenContentEncodingCannotBeDecoded(String encoding) throws IOException {
    var deflated = new ByteArrayOutputStream();
    try (var out = new DeflaterOutputStream(deflated)) {
      out.write(bytes("some text that is cut off before its end"));
    }
    byte[] cut = Arrays.copyOf(deflated.toByteArray(), deflated.size() - 12);
    String header = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Encoding: " + encoding;

    List<Item> items =
        read(response("a", concat(bytes(header + "\r\n\r\n"), cut)), response("b", HTML + "b"));

    assertEquals(List.of("warc.http"), Items.reasons(items));
    assertEquals("b", Items.text(items.get(1)));
  }

  @Test
  void shouldRejectOneRecordWhenPayloadIsTooLarge() throws IOException {
    byte[] most = new byte[Item.MAX_PAYLOAD_BYTES];
    String header = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n";
    byte[] bomb =
        concat(bytes(header + "Content-Encoding: gzip\r\n\r\n"), gzip(concat(most, most)));

    List<Item> items =
        read(
            response("a", concat(bytes(HTML), most, bytes("x"))),
            response("b", concat(bytes(HTML), most)),
            response("c", bomb),
            response("d", concat(bytes(HTML), most, most, most, most)),
            response("e", HTML + "e"));

    assertEquals(5, items.size());
    assertEquals(
        List.of("payload.too_large", "payload.too_large", "payload.too_large"),
        Items.reasons(items));
    assertEquals(most.length, Items.document(items.get(1)).payload().length);
    assertEquals("e", Items.text(items.get(4)));
  }

  @Test
  void shouldStopInflatingWhenMemberIsABomb() throws IOException {
    byte[] bomb = gzip(response("a", concat(bytes(HTML), new byte[100 << 20])));

    List<Item> items = read(concat(bomb, gzip(response("b", HTML + "b"))));

    assertEquals(List.of("warc.compression"), Items.reasons(items));
    assertTrue(Items.broken(items.get(0)).rejection().value().contains("inflate"));
    assertEquals("b", Items.text(items.get(1)));
  }

  @Test
  void shouldRejectRecordWhenHeaderNeverEnds() throws IOException {
    byte[] endless = concat(bytes("WARC/1.0\r\nX: "), bytes("x".repeat(4 << 20)));

    List<Item> items = read(endless, bytes("\r\n"), response("b", HTML + "b"));

    assertEquals(List.of("warc.syntax"), Items.reasons(items));
    assertEquals("b", Items.text(items.get(1)));
  }

  /** Each damage takes a whole header away, or half a million of them would be searched each. */
  @Test
  void shouldSearchEachByteOnceWhenFileIsMadeOfHeaderStarts() throws IOException {
    byte[] starts = bytes("WARC/1.0\r\nX: y\r\n".repeat(1 << 18));

    assertTrue(read(starts).size() < 30);
    assertTrue(readGzip(gzip(starts)).size() < 30);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "WARC/1.0\r\nWARC-Type: response\r\nContent-Length: -5\r\n\r\nabc\r\n\r\n",
        "WARC/1.0\r\nWARC-Type: response\r\nContent-Length: x\r\n\r\nabc\r\n\r\n",
        "WARC/1.0\r\nWARC-Type: response\r\n\r\nabc\r\n\r\n",
        "WARC/1.0\r\nContent-Length: 3\r\n\r\nabc\r\n\r\n",
        "WARC/1.0\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabc\r\n\r\n",
        "WARC/1.0\r\nWARC-Type: metadata\r\nContent-Length: 2\r\n\r\nabc\r\n\r\n",
        "WARC/9x\r\n\r\n",
        "garbage\r\nmore garbage\r\n",
        "http://x/ 1.2.3.4 20200102030405 text/html 5x\nabcde\n",
      })
  void shouldReportDamageOnceAndGoOnWhenRecordIsMalformed(String bad) throws IOException {
    for (boolean compressed : new boolean[] {false, true}) {
      byte[] file = concat(response("a", HTML + "a"), bytes(bad), response("b", HTML + "b"));

      List<Item> items = read(compressed ? gzip(file) : file);

      assertEquals(List.of("warc.syntax"), Items.reasons(items), "compressed=" + compressed);
      assertEquals(List.of("a", "b"), Items.documents(items).stream().map(Items::text).toList());
      assertEquals(
          compressed ? 0 : response("a", HTML + "a").length,
          items.get(1).offset(),
          "compressed=" + compressed);
    }
  }

  @Test
  void shouldFindSwallowedRecordsWhenLengthIsTooLarge() throws IOException {
    String head = "WARC/1.0\r\nWARC-Type: response\r\nContent-Type: application/http\r\n";
    byte[] beyondEnd = bytes(head + "Content-Length: 100000\r\n\r\nabc\r\n\r\n");
    byte[] intoNext = bytes(head + "Content-Length: 30\r\n\r\nabc\r\n\r\n");

    List<Item> items =
        read(intoNext, response("a", HTML + "a"), beyondEnd, response("b", HTML + "b"));

    assertEquals(List.of("warc.syntax", "warc.truncated"), Items.reasons(items));
    assertEquals(List.of("a", "b"), Items.documents(items).stream().map(Items::text).toList());
  }

  @Test
  void shouldReadRecordOnceWhenFileEndsInBareLineFeeds() throws IOException {
    byte[] whole = response("a", HTML + "a");
    byte[] body = Arrays.copyOf(whole, whole.length - 4);

    assertEquals(1, read(body, bytes("\n\n\n\n")).size());
    assertEquals(1, read(body, bytes("\n\n\n\n\n\n\n\n")).size());
    assertEquals(1, read(body, bytes("\r\n")).size());
    assertEquals(1, read(body).size());
  }

  @Test
  void shouldGoOnAtNextMemberWhenOneIsDamaged() throws IOException {
    byte[] first = gzip(response("a", HTML + "a"));
    byte[] second = gzip(response("b", HTML + "b"));
    byte[] third = gzip(response("c", HTML + "c"));
    for (int i = 0; i < second.length; i++) {
      // Fields that carry no meaning: time, extra flags and operating system of the header.
      if (i < 4 || i > 9) {
        byte[] damaged = Arrays.copyOf(second, second.length);
        damaged[i] ^= (byte) 0xff;

        List<Item> items = readGzip(first, damaged, third);

        // Damage behind the page inside the member may leave the page itself whole.
        List<Item> between = items.subList(1, items.size() - 1);
        assertEquals("a", Items.text(items.get(0)));
        assertEquals(1, Items.reasons(between).size(), "byte " + i);
        assertTrue(between.stream().allMatch(item -> item.offset() == first.length));
        assertTrue(Items.documents(between).stream().allMatch(b -> Items.text(b).equals("b")));
        assertEquals("c", Items.text(items.get(items.size() - 1)));
      }
    }
  }

  @Test
  void shouldGoOnAtNextMemberWhenOneIsCutShort() throws IOException {
    byte[] first = gzip(response("a", HTML + "a"));
    byte[] second = gzip(response("b", HTML + "b"));

    for (int length = 1; length < first.length; length++) {
      List<Item> items = readGzip(Arrays.copyOf(first, length), second);

      // The next member's bytes, read as the rest of this one, may make up more than one record.
      List<Item> before = items.subList(0, items.size() - 1);
      assertTrue(Items.reasons(before).size() >= 1, "length=" + length);
      assertTrue(before.size() <= 2, "length=" + length);
      assertEquals("b", Items.text(items.get(items.size() - 1)));
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void shouldRejectLastRecordWhenFileIsCutAnywhere(boolean compressed) throws IOException {
    byte[] first = response("a", HTML + "a");
    byte[] second = response("b", HTML + "b");
    int start = compressed ? gzip(first).length : first.length;
    byte[] file = compressed ? concat(gzip(first), gzip(second)) : concat(first, second);
    int trailer = compressed ? 0 : 4;

    for (int length = start + 1; length < file.length - trailer; length++) {
      List<Item> items = read(Arrays.copyOf(file, length));

      assertEquals("a", Items.text(items.get(0)));
      assertEquals(List.of("warc.truncated"), Items.reasons(items), "length=" + length);
      assertEquals(2, items.size());
      assertEquals(start, items.get(1).offset());
    }
  }

  @Test
  void shouldSayWhyWhenFileHoldsNoRecord() throws IOException {
    assertEquals(List.of("warc.empty"), Items.reasons(read(new byte[0])));
    assertEquals(List.of("warc.empty"), Items.reasons(read(gzip(new byte[0]))));
    assertEquals(List.of("warc.empty"), Items.reasons(read(bytes("\r\n\n"))));
    assertEquals(List.of("warc.syntax"), Items.reasons(read(gzip(bytes("no archive")))));
    assertEquals(List.of("warc.syntax"), Items.reasons(read(gzip(gzip(bytes("WARC/1.0"))))));
    assertEquals(List.of("warc.truncated"), Items.reasons(read(new byte[] {0x1f, (byte) 0x8b})));
  }

  @Test
  void shouldReadArcWhenLengthsAreRight() throws IOException {
    String http = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\nabc";
    String info = "1 0 Test\nURL IP-address Archive-date Content-type Archive-length\n";
    String arc =
        "filedesc://t.arc 0.0.0.0 20200102030405 text/plain "
            + info.length()
            + "\n"
            + info
            + "\nhttp://x/a 1.2.3.4 20200102030405 text/html "
            + http.length()
            + "\n"
            + http
            + "\n";

    for (byte[] file : List.of(bytes(arc), gzip(bytes(arc)))) {
      List<Item> items = read(file);

      assertEquals(2, items.size());
      assertEquals("abc", Items.text(items.get(1)));
      assertEquals("http://x/a", items.get(1).url());
      assertEquals(
          Instant.parse("2020-01-02T03:04:05Z").toEpochMilli(),
          Items.document(items.get(1)).crawledAtMillis());
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "http://x/a 1.2.3.4 20200102030405 text/html; charset=utf-8 #              | text/html | utf-8",
        "http://x/a 1.2.3.4 20200102030405 text/html, application/x-javascript #   | text/html |",
        "http://x/a b 12 34 2001:db8::1 20200102030405 text/plain #                | text/plain |",
        "http://x/a 1.2.3.4 20200102030405 no-type #                               | text/html |",
        "http://x/a 0.0.0.0 20200102030405 text/html; charset=gbk 200 ab - 12 f #  | text/html | gbk",
        "http://x/20010203040506 1.2.3.4 20200102030405 text/html 200 ab - 12 f #  | text/html |",
      })
  void shouldReadArcWhateverItsTypeAndWithoutHttp(String line, String type, String charset)
      throws IOException {
    String page = "<html>some text";
    String http =
        "HTTP/1.1 200 OK\r\nContent-Type: "
            + type
            + (charset == null ? "" : ";charset=" + charset)
            + "\r\n\r\n"
            + page;
    for (String body : new String[] {page, http}) {
      String record = line.strip().replace("#", body.length() + "\n") + body + "\n";

      List<Item> items = read(bytes(record + record));

      assertEquals(2, items.size(), record);
      for (Item item : items) {
        Item.Document document = Items.document(item);
        assertEquals(page, Items.text(document));
        assertEquals(type, document.mediaType());
        assertEquals(Optional.ofNullable(charset), document.charset());
        assertEquals(line.substring(0, line.indexOf(' ')), document.url().split(" ")[0]);
        assertEquals(
            Instant.parse("2020-01-02T03:04:05Z").toEpochMilli(), document.crawledAtMillis());
      }
    }
  }

  @Test
  void shouldPassOnTruncationWhenCrawlerCutThePage() throws IOException {
    byte[] record = response("a", HTML + "a");
    String text = new String(record, java.nio.charset.StandardCharsets.ISO_8859_1);

    List<Item> items =
        read(bytes(text.replace("WARC-Date", "WARC-Truncated: length\r\nWARC-Date")));

    assertEquals(Map.of("warc-truncated", "\"length\""), Items.document(items.get(0)).attributes());
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void shouldEndAndBeRepeatableWhenBytesAreRandomlyDamaged(boolean compressed) throws IOException {
    var random = new Random(7);
    byte[][] records = new byte[20][];
    for (int i = 0; i < records.length; i++) {
      byte[] record = response("r" + i, HTML + "text ".repeat(i));
      records[i] = compressed ? gzip(record) : record;
    }
    byte[] sound = concat(records);

    for (int round = 0; round < 200; round++) {
      byte[] damaged = Arrays.copyOf(sound, sound.length);
      for (int hit = random.nextInt(8); hit >= 0; hit--) {
        damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
      }

      String name = compressed ? "a.warc.gz" : "a.warc";
      List<String> once = read(name, damaged).stream().map(WarcRecordReaderTest::describe).toList();

      assertEquals(once, read(name, damaged).stream().map(WarcRecordReaderTest::describe).toList());
      assertTrue(once.size() >= 10 && once.size() <= 40, "round " + round + ": " + once);
    }
  }

  private static String describe(Item item) {
    return item instanceof Item.Broken ? item.toString() : item.url() + " " + Items.text(item);
  }

  private List<Item> read(byte[]... parts) throws IOException {
    return read("a.warc", parts);
  }

  private List<Item> readGzip(byte[]... parts) throws IOException {
    return read("a.warc.gz", parts);
  }

  private List<Item> read(String name, byte[]... parts) throws IOException {
    Path path = Files.write(folder.resolve(name), concat(parts));
    return Items.all(new WarcRecordReader(new Origin("in", name), path, Place.START));
  }
}
