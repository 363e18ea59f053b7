package dev.neostream.ops.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import org.jline.utils.WCWidth;
import org.junit.jupiter.api.Test;

class RowsTest {

  private static List<String> rows(String line, int columns) {
    return Rows.of(List.of(line), columns);
  }

  @Test
  void shouldLeaveWhatFits() {
    assertEquals(
        List.of("state     running", "a   b"), Rows.of(List.of("state     running", "a   b"), 17));
  }

  @Test
  void shouldIndentWhatFollowsBelowTheLabel() {
    assertEquals(
        List.of("blocks    en.web 98   code 11   books", "          123"),
        rows("blocks    en.web 98   code 11   books 123", 40));
  }

  @Test
  void shouldNotBreakAtGlue() {
    assertEquals(
        List.of("clean     90 read = 60 on + 29 rejected", "          + 1 held"),
        rows("clean     90~read =~60~on +~29~rejected +~1~held".replace('~', Rows.GLUE), 40));
  }

  @Test
  void shouldCountCellsAndNotCharacters() {
    assertEquals(List.of("数据", "清洗"), rows("数据 清洗", 8));
    assertEquals(List.of("数据 清洗"), rows("数据 清洗", 9));
    assertEquals(List.of("e\u0301te ab"), rows("e\u0301te ab", 6));
  }

  @Test
  void shouldBreakAWordThatIsWiderThanTheWindow() {
    assertEquals(List.of("/data/r", "uns/a"), rows("/data/runs/a", 7));
    assertEquals(List.of("数", "据"), rows("数据", 3));
  }

  @Test
  void shouldNotIndentWhereThereIsNoRoom() {
    assertEquals(List.of("ingest    100 read", "= 88"), rows("ingest    100 read = 88", 18));
  }

  @Test
  void shouldNotObeyWhatIsInALine() {
    assertEquals(List.of("a\\u001b[2Jb c d"), rows("a\u001b[2Jb\nc\td", 80));
  }

  @Test
  void shouldLoseNothingAndNeverBeTooWide() {
    var random = new Random(5);
    String alphabet = "ab 数e\u0301 ~/";
    for (int i = 0; i < 2_000; i++) {
      String line =
          random
              .ints(random.nextInt(60), 0, alphabet.length())
              .mapToObj(c -> String.valueOf(alphabet.charAt(c)))
              .collect(Collectors.joining());
      int columns = 2 + random.nextInt(60);

      List<String> rows = rows(line, columns);

      for (String row : rows) {
        int cells = row.codePoints().map(c -> Math.max(0, WCWidth.wcwidth(c))).sum();
        assertTrue(cells <= columns, columns + ": " + rows);
      }
      assertEquals(line.replace(" ", ""), String.join("", rows).replace(" ", ""));
    }
  }
}
