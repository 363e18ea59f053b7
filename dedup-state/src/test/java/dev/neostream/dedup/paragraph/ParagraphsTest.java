package dev.neostream.dedup.paragraph;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.neostream.dedup.Cut;
import dev.neostream.dedup.Passages;
import dev.neostream.dedup.Repeats;
import dev.neostream.dedup.SightingTable;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ParagraphsTest {

  private static final String TEXT =
      "A first paragraph of enough words\n\nA second paragraph of enough words\n\nA third one here";

  private final Paragraphs paragraphs = new Paragraphs();

  private List<String> of(String text) {
    byte[] utf8 = text.getBytes(UTF_8);
    Passages passages = paragraphs.of(utf8);
    var found = new ArrayList<String>();
    for (int i = 0; i < passages.size(); i++) {
      int from = passages.from()[i];
      found.add(new String(utf8, from, passages.to()[i] - from, UTF_8));
    }
    return found;
  }

  @Test
  void shouldTakeLinesWithTheirMarkersButNoShortOnes() {
    assertEquals(
        List.of("  - an item with its marker and indentation", "中文的一个段落比较长"),
        of("Introduction\n\n  - an item with its marker and indentation\n}\n \n中文的一个段落比较长"));
    assertEquals(List.of(), of(""));
  }

  @Test
  void shouldIgnoreWhiteSpaceOnly() {
    long hash = hash("one two three four five six");

    assertEquals(hash, hash(" \tone  two\u3000three\u00a0four five six "));
    assertFalse(hash == hash("One two three four five six"));
  }

  private long hash(String text) {
    return paragraphs.of(text.getBytes(UTF_8)).hashes()[0];
  }

  @Test
  void shouldKeepBlankLinesThatThePublishedCodeLoses() {
    byte[] text = TEXT.getBytes(UTF_8);
    var published = new PublishedParagraphs().of(text);
    var ours = paragraphs.of(text);

    var blankLost = new Repeats(new SightingTable(), 2).in(published);
    assertEquals(
        "A first paragraph of enough words\n\nA second paragraph of enough words\nA third one here",
        new String(PublishedParagraphs.without(text, published, blankLost).orElseThrow(), UTF_8));
    var none = new Repeats(new SightingTable(), 2).in(ours);
    assertEquals(TEXT, new String(Cut.without(text, ours, none), UTF_8));
  }

  @Test
  void shouldLoseShortLinesAndShortDocumentsAsPublishedOnly() {
    byte[] text = "}\nsome line of code;\n}\n".getBytes(UTF_8);
    var published = new PublishedParagraphs().of(text);
    var drop = new Repeats(new SightingTable(), 2).in(published);

    assertTrue(drop.get(2));
    assertEquals(
        "}\nsome line of code;\n",
        new String(PublishedParagraphs.without(text, published, drop).orElseThrow(), UTF_8));
    drop.set(1);
    assertTrue(PublishedParagraphs.without(text, published, drop).isEmpty());
    assertEquals(0, paragraphs.of(text).size());
  }
}
