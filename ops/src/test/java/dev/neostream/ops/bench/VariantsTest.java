package dev.neostream.ops.bench;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.neostream.dedup.minhash.Fingerprinter;
import dev.neostream.dedup.minhash.Similarity;
import dev.neostream.dedup.shingle.ShingleKind;
import dev.neostream.ingest.Input;
import dev.neostream.ops.file.Documents;
import dev.neostream.ops.file.FileDocuments;
import dev.neostream.schemas.Envelope;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VariantsTest {

  private static final String PAGE =
      "<html lang=\"en\"><body class=\"section paragraph\">"
          + "every morning seven lanterns travel along the harbour wall. ".repeat(40)
          + "</body></html>";

  @Test
  void shouldGiveTheDocumentItselfFirst() {
    assertArrayEquals(PAGE.getBytes(UTF_8), Variants.of(PAGE.getBytes(UTF_8), 0));
  }

  @Test
  void shouldKeepLengthAndMarkup() {
    for (int variant = 1; variant < 50; variant++) {
      String text = new String(Variants.of(PAGE.getBytes(UTF_8), variant), UTF_8);

      assertEquals(PAGE.length(), text.length());
      assertTrue(text.startsWith("<html lang=\"en\"><body class=\"section paragraph\">"), text);
      assertTrue(text.endsWith("</body></html>"), text);
    }
  }

  @Test
  void shouldKeepHanCharactersHan() {
    String text = "我们在海边的市场里买了三条鱼和一些新鲜的蔬菜。".repeat(20);

    String variant = new String(Variants.of(text.getBytes(UTF_8), 3), UTF_8);

    assertNotEquals(text, variant);
    assertEquals(text.length(), variant.length());
    for (int i = 0; i < text.length(); i++) {
      assertEquals(
          Character.UnicodeScript.of(text.charAt(i)),
          Character.UnicodeScript.of(variant.charAt(i)),
          "character " + i + " of " + variant);
    }
  }

  @Test
  void shouldHoldNoNearDuplicates() throws IOException {
    var words = new StringBuilder();
    for (int i = 0; i < 600; i++) {
      words
          .append(Integer.toString(i * 7919 % 4096 + 65_536, 26).replaceAll("[0-9]", "e"))
          .append(' ');
    }
    byte[] text = words.toString().getBytes(UTF_8);
    var fingerprinter = new Fingerprinter(ShingleKind.words5());
    List<byte[]> variants = new ArrayList<>();
    for (int variant = 0; variant < 8; variant++) {
      variants.add(Variants.of(text, variant));
    }

    for (int a = 0; a < variants.size(); a++) {
      for (int b = 0; b < a; b++) {
        assertEquals(
            Optional.empty(),
            Similarity.verify(
                fingerprinter.of(variants.get(a)), fingerprinter.of(variants.get(b)), 0.8),
            a + " and " + b);
      }
    }
  }

  @Test
  void shouldWriteAnArchiveThatIngestReads(@TempDir Path folder) throws IOException {
    var page = new Envelope();
    page.mediaType = "text/html";
    page.file = "a/page.html";
    page.body = PAGE.getBytes(UTF_8);
    var source = new Envelope();
    source.mediaType = "text/x-java-source";
    source.file = "a/Source.java";
    source.body = "final class Source {}".getBytes(UTF_8);

    Path archive = Variants.write(List.of(page, source), 2, folder);

    List<String> types = new ArrayList<>();
    List<Integer> sizes = new ArrayList<>();
    try (var documents = new FileDocuments(List.of(new Input("variants", archive)))) {
      for (Optional<Documents.Entry> entry = documents.next();
          entry.isPresent();
          entry = documents.next()) {
        types.add(entry.get().envelope().mediaType);
        sizes.add(entry.get().envelope().body.length);
      }
    }
    assertEquals(List.of("text/html", "text/x-java-source"), types);
    assertEquals(List.of(page.body.length, source.body.length), sizes);
  }
}
