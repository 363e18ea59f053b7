package dev.neostream.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.Test;

class PrintableTest {

  /** What pages, files and people have been called. */
  private static final List<String> NAUGHTY =
      List.of(
          "\u001b[2J\u001b]0;owned\u0007 title",
          "\u009b31m red in eight bits",
          "over\rwritten",
          "back\b\b\b\bspace",
          "\u202egpj.exe",
          "\u2066isolate\u2069",
          "nul\u0000 del\u007f",
          "next\u0085line\u2028separator",
          "<script>alert(1)</script>",
          "a | b | c",
          "`code` **bold** [link](javascript:alert(1)) ![x](http://a/b)",
          "line\n# heading\n| --- |");

  private static boolean isHarmless(String text) {
    return text.chars()
        .noneMatch(
            c ->
                c < 0x20 && c != '\n' && c != '\t'
                    || c >= 0x7f && c < 0xa0
                    || c >= 0x2028 && c <= 0x202e
                    || c >= 0x2066 && c <= 0x2069);
  }

  @Test
  void shouldLeaveOrdinaryTextAsItIs() {
    for (String text : List.of("", "a\tb\n", "\u4e2d\u6587 \u00e9 \ud83d\ude00 caf\u00e9")) {
      assertSame(text, Printable.of(text));
    }
  }

  @Test
  void shouldShowControlCharactersInsteadOfObeyingThem() {
    assertEquals("\\u001b[2J\\u001b]0;owned\\u0007 title", Printable.of(NAUGHTY.get(0)));
    assertEquals("over\\u000dwritten", Printable.of("over\rwritten"));
    assertEquals("\\u202egpj.exe", Printable.of("\u202egpj.exe"));
    for (String text : NAUGHTY) {
      assertTrue(isHarmless(Printable.of(text)), text);
      assertTrue(isHarmless(Printable.markdown(text)), text);
      assertTrue(isHarmless(Printable.markdownCode(text)), text);
    }
  }

  @Test
  void shouldStayWithinACellOfATable() {
    for (String text : NAUGHTY) {
      for (String cell : List.of(Printable.markdown(text), Printable.markdownCode(text))) {
        assertFalse(cell.contains("\n"), cell);
        assertFalse(cell.replace("\\|", "").contains("|"), cell);
      }
      assertFalse(Printable.markdown(text).contains("<"), text);
      assertEquals(2, Printable.markdownCode(text).chars().filter(c -> c == '`').count(), text);
    }
    assertEquals("\\[link\\](javascript:x)", Printable.markdown("[link](javascript:x)"));
  }

  @Test
  void shouldFilterWhateverAWriterIsGiven() throws IOException {
    var text = new StringWriter();
    try (var out = new PrintWriter(Printable.writer(text))) {
      out.print('\u001b');
      out.print("[2J\n");
      out.write("\u0007\u0007".toCharArray(), 1, 1);
      out.write("xx\u009b", 1, 2);
      out.printf("%s%n", "\u202e");
    }

    assertEquals("\\u001b[2J\n\\u0007x\\u009b\\u202e" + System.lineSeparator(), text.toString());
  }
}
