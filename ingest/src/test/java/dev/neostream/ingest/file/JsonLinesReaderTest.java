package dev.neostream.ingest.file;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.github.luben.zstd.Zstd;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonLinesReaderTest {

  @TempDir Path folder;

  @Test
  void shouldReadFieldsWhenLineIsComplete() throws IOException {
    List<Item> items =
        read(
            "a.jsonl",
            """
            {"id": 7, "url": "http://x/", "text": "h\\u00e9 \\ud83d\\ude00", "domain": "code", \
            "lang": "en", "score": 0.50, "ok": true, "none": null, "tags": ["a", {"b": 1}]}
            """);

    Item.Document document = Items.document(items.get(0));
    assertEquals(1, items.size());
    assertEquals("http://x/", document.url());
    assertEquals("hé 😀", Items.text(document));
    assertEquals("text/plain", document.mediaType());
    assertEquals(Optional.of("UTF-8"), document.charset());
    assertEquals(Optional.of("code"), document.domain());
    assertEquals(1, document.offset());
    assertEquals("in", document.source());
    assertEquals("a.jsonl", document.file());
    assertEquals(
        Map.of(
            "id", "7",
            "lang", "\"en\"",
            "score", "0.50",
            "ok", "true",
            "none", "null",
            "tags", "[\"a\",{\"b\":1}]"),
        document.attributes());
  }

  @Test
  void shouldNameDocumentByIdOrLineWhenUrlIsMissing() throws IOException {
    List<Item> items = read("a.jsonl", "{\"id\":\"d1\",\"text\":\"x\"}\n{\"content\":\"y\"}\n");

    assertEquals(List.of("d1", "a.jsonl#2"), items.stream().map(Item::url).toList());
  }

  @Test
  void shouldBeHtmlWhenOnlyHtmlIsGiven() throws IOException {
    List<Item> items = read("a.jsonl", "{\"html\":\"<p>x\"}\n{\"html\":\"<p>x\",\"text\":\"x\"}");

    assertEquals("text/html", Items.document(items.get(0)).mediaType());
    assertEquals("text/plain", Items.document(items.get(1)).mediaType());
    assertEquals(Map.of("html", "\"<p>x\""), Items.document(items.get(1)).attributes());
  }

  @Test
  void shouldCountBlankLinesButNotReadThemWhenNumberingLines() throws IOException {
    List<Item> items = read("a.jsonl", "\ufeff{\"text\":\"a\"}\r\n\r\n  \n{\"text\":\"b\"}");

    assertEquals(List.of(1L, 4L), items.stream().map(Item::offset).toList());
    assertEquals(2, Items.documents(items).size());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"text\":\"a\"       | jsonl.syntax",
        "{\"text\":\"a\"} x    | jsonl.syntax",
        "{\"text\":\"\\ud800\"}| jsonl.syntax",
        "{\"a\":\"\\udc00\",\"text\":\"\"}| jsonl.syntax",
        "{\"a\":1e99999999999,\"text\":\"\"}| jsonl.syntax",
        "{'text':'a'}          | jsonl.syntax",
        "{\"text\":5}          | jsonl.no_text",
        "{}                    | jsonl.no_text",
        "[\"text\"]            | jsonl.no_text",
        "null                  | jsonl.no_text",
      })
  void shouldRejectOneLineAndGoOnWhenItIsBad(String line, String reason) throws IOException {
    List<Item> items = read("a.jsonl", "{\"text\":\"a\"}\n" + line + "\n{\"text\":\"b\"}\n");

    assertEquals(3, items.size());
    assertEquals(reason, Items.broken(items.get(1)).rejection().reason());
    assertEquals(2, items.get(1).offset());
    assertEquals("b", Items.text(items.get(2)));
  }

  @Test
  void shouldRejectLineWhenItIsNotUtf8() throws IOException {
    // An overlong zero, half a character encoded as UTF-8, a lone continuation byte.
    byte[][] bad = {{(byte) 0xc0, (byte) 0x80}, {(byte) 0xed, (byte) 0xa0, (byte) 0x80}, {-65}};
    var bytes = new ByteArrayOutputStream();
    for (byte[] value : bad) {
      bytes.writeBytes("{\"text\":\"".getBytes(StandardCharsets.UTF_8));
      bytes.writeBytes(value);
      bytes.writeBytes("\"}\n".getBytes(StandardCharsets.UTF_8));
    }

    List<Item> items = read("a.jsonl", bytes.toByteArray());

    assertEquals(List.of("jsonl.syntax", "jsonl.syntax", "jsonl.syntax"), Items.reasons(items));
  }

  @Test
  void shouldRejectOneLineAndGoOnWhenItIsTooLong() throws IOException {
    String longText = "x".repeat(Item.MAX_PAYLOAD_BYTES + 1);
    String longLine = "x".repeat(2 * Item.MAX_PAYLOAD_BYTES);

    List<Item> items =
        read(
            "a.jsonl",
            "{\"text\":\"%s\"}\n{\"text\":\"%s\"}\n{\"text\":\"b\"}".formatted(longText, longLine));

    assertEquals(List.of("payload.too_large", "payload.too_large"), Items.reasons(items));
    assertEquals("b", Items.text(items.get(2)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"a.jsonl.gz", "a.jsonl.zst"})
  void shouldReadSameItemsWhenCompressed(String name) throws IOException {
    byte[] plain = "{\"text\":\"a\"}\n{\"text\":\"b\"}\n".getBytes(StandardCharsets.UTF_8);

    List<Item> items = read(name, compress(name, plain));

    assertEquals(List.of("a", "b"), items.stream().map(Items::text).toList());
  }

  @ParameterizedTest
  @ValueSource(strings = {"a.jsonl.gz", "a.jsonl.zst"})
  void shouldKeepWhatWasReadWhenCompressedDataEndsEarly(String name) throws IOException {
    byte[] plain = "{\"text\":\"a\"}\n".repeat(3).getBytes(StandardCharsets.UTF_8);
    byte[] compressed = compress(name, plain);

    for (int length = 1; length < compressed.length; length++) {
      List<Item> items = read(name, java.util.Arrays.copyOf(compressed, length));

      assertEquals(1, Items.reasons(items).size(), "length=" + length);
      assertEquals("jsonl.truncated", Items.reasons(items).get(0));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"a.jsonl.gz", "a.jsonl.zst"})
  void shouldStopWhenSmallFileInflatesWithoutEnd(String name) throws IOException {
    byte[] compressed = compress(name, new byte[100 << 20]);

    List<Item> items = read(name, compressed);

    assertEquals(List.of("jsonl.truncated"), Items.reasons(items));
    assertTrue(Items.broken(items.get(0)).rejection().value().contains("inflate"));
  }

  @Test
  void shouldReadNothingWhenFileIsEmpty() throws IOException {
    assertEquals(List.of(), read("a.jsonl", ""));
    assertEquals(List.of(), read("a.jsonl", "\ufeff"));
    assertEquals(List.of(), read("a.jsonl", "\n \r\n\n"));
    assertEquals(List.of(), read("a.json", "[]"));
    assertEquals(List.of(), read("a.json", "\ufeff [\n]\n"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[{\"text\":\"a\"},\n{\"text\":\"b,]}\\\"\"},\n{\"text\":\"c\",\"of\":[[1],{\"x\":\"[\"}]}\n]\n",
        "[{\"text\":\"a\"},{\"text\":\"b,]}\\\"\"},{\"text\":\"c\",\"of\":[[1],{\"x\":\"[\"}]}]",
        "\ufeff[ { \"text\" :\n \"a\" }\n,\n{\n\"text\":\"b,]}\\\"\"\n}, {\"text\":\"c\",\"of\":[[1],{\"x\":\"[\"}]}",
      })
  void shouldReadElementsWhenFileIsOneArray(String json) throws IOException {
    for (String name : new String[] {"a.json", "A.JSON", "a.json.gz", "a.json.zst"}) {
      byte[] bytes = json.getBytes(StandardCharsets.UTF_8);

      List<Item> items = read(name, name.matches("(?i).*json") ? bytes : compress(name, bytes));

      assertEquals(List.of("a", "b,]}\"", "c"), items.stream().map(Items::text).toList(), name);
      assertEquals(List.of(1L, 2L, 3L), items.stream().map(Item::offset).toList());
      assertEquals("[[1],{\"x\":\"[\"}]", Items.document(items.get(2)).attributes().get("of"));
    }
  }

  @Test
  void shouldGoOnBehindBrokenElementsOfAnArray() throws IOException {
    List<Item> items =
        read(
            "a.json",
            "[{\"text\":\"a\"}, {\"text\" \"b\"}, 7, null, [\"x\"], {\"text\":\"c\"}] and more");

    assertEquals(List.of("a", "c"), Items.documents(items).stream().map(Items::text).toList());
    assertEquals(
        List.of("jsonl.syntax", "jsonl.no_text", "jsonl.no_text", "jsonl.no_text", "jsonl.syntax"),
        Items.reasons(items));
    assertEquals("no object but NULL", Items.broken(items.get(3)).rejection().value());
    // Lines of arrays are lines where nobody called the file one value.
    assertEquals(
        List.of("jsonl.no_text", "jsonl.no_text"),
        Items.reasons(read("a.jsonl", "[\"a\"]\n[7]\n")));
  }

  @Test
  void shouldPassOverMarksWhereFilesWereJoined() throws IOException {
    String line = "\ufeff{\"text\":\"a\"}\n";

    assertEquals(
        List.of("a", "a"), read("a.jsonl", line + line).stream().map(Items::text).toList());
  }

  @ParameterizedTest
  @ValueSource(strings = {"UTF-16LE", "UTF-16BE"})
  void shouldRejectAFileOnceWhenItIsUtf16(String charset) throws IOException {
    byte[] file = "\ufeff{\"text\":\"a\"}\n{\"text\":\"b\"}\n".getBytes(Charset.forName(charset));

    List<Item> items = read("a.jsonl", file);

    assertEquals(List.of("jsonl.syntax"), Items.reasons(items));
    assertTrue(Items.broken(items.get(0)).rejection().value().startsWith("UTF-16"));
  }

  @ParameterizedTest
  @CsvSource({
    "n_object_trailing_comma.json, jsonl.syntax",
    "n_string_unescaped_ctrl_char.json, jsonl.syntax",
    "n_structure_100000_opening_arrays.json, jsonl.syntax",
    "n_structure_open_array_object.json, jsonl.syntax",
    "i_string_invalid_utf-8.json, jsonl.syntax",
    "i_string_UTF-16LE_with_BOM.json, jsonl.syntax",
    "i_structure_500_nested_arrays.json, jsonl.syntax",
    "i_number_huge_exp.json, jsonl.syntax",
    "y_object_duplicated_key.json, jsonl.no_text",
    "y_string_nonCharacterInUTF-8_U+FFFF.json, jsonl.no_text",
    "y_structure_lonely_null.json, jsonl.no_text"
  })
  void shouldRejectWithReasonWhenJsonIsAwkward(String name, String reason) throws IOException {
    Path path = SharedData.path("awkward-inputs/json/" + name);

    List<Item> items = Items.all(new JsonLinesReader(new Origin("in", name), path, Place.START));

    assertEquals(List.of(reason), Items.reasons(items));
  }

  @ParameterizedTest
  @CsvSource({"react-docs.en.jsonl.gz, en, 223", "react-docs.zh.jsonl.gz, zh, 221"})
  void shouldReadEveryPageWhenGivenRealDocumentation(String name, String language, int pages)
      throws IOException {
    Path path = SharedData.path("docs-zh-en/" + name);

    List<Item> items = Items.all(new JsonLinesReader(new Origin("in", name), path, Place.START));

    assertEquals(pages, Items.documents(items).size());
    assertEquals(pages, items.stream().map(Item::url).distinct().count());
    assertEquals(List.of(), Items.reasons(items));
    Items.documents(items)
        .forEach(
            document -> assertEquals("\"" + language + "\"", document.attributes().get("lang")));
  }

  @Test
  void shouldKeepEveryByteWhenStringsAreNaughty() throws IOException {
    byte[] array = Files.readAllBytes(SharedData.path("awkward-inputs/naughty-strings.json"));
    var strings = new com.fasterxml.jackson.databind.ObjectMapper().readTree(array);
    var lines = new StringBuilder();
    strings.forEach(string -> lines.append("{\"text\":").append(string).append("}\n"));

    List<Item> items = read("a.jsonl", lines.toString());

    assertEquals(strings.size(), items.size());
    for (int i = 0; i < items.size(); i++) {
      assertArrayEquals(
          strings.get(i).textValue().getBytes(StandardCharsets.UTF_8),
          Items.document(items.get(i)).payload());
    }
  }

  private List<Item> read(String name, String content) throws IOException {
    return read(name, content.getBytes(StandardCharsets.UTF_8));
  }

  private List<Item> read(String name, byte[] content) throws IOException {
    Path path = Files.write(folder.resolve(name), content);
    return Items.all(new JsonLinesReader(new Origin("in", name), path, Place.START));
  }

  private static byte[] compress(String name, byte[] plain) throws IOException {
    if (name.endsWith(".zst")) {
      return Zstd.compress(plain);
    }
    var out = new ByteArrayOutputStream();
    try (var gzip = new GZIPOutputStream(out)) {
      gzip.write(plain);
    }
    return out.toByteArray();
  }
}
