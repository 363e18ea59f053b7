package dev.neostream.clean.text;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProseTest {

  private static final String FIVE =
      """
      The ferry leaves the old harbour at seven each morning.
      Nobody in the village remembers who built the lighthouse.
      In winter the road across the hills is closed for weeks.
      Letters from the islands came on Tuesdays, if they came.
      Most of the houses were sold when the mill shut its gates.
      """;

  private final Signals signals = new Signals();

  @ParameterizedTest
  @ValueSource(
      strings = {
        "}",
        "---",
        "| --- | :-: |",
        "42",
        "| 17 | 2020-01-01 | 3.5 |",
        "  return total + offset;",
        "for (int i = 0; i < n; i++) {",
        "<section className=\"panel-light\">",
        "@SuppressWarnings(\"unchecked\")",
        "a[i]->next != b[j]->next && !done",
        "```js\nconst words are only words here\n```",
        "~~~\nfenced text of a few words\n~~~"
      })
  void shouldLeaveOutWhatIsNoText(String code) {
    // Twice the same in a row would be all of the view's n-grams.
    Prose prose = prose(code + "\nx\n" + code + "\n");

    assertEquals(0, prose.textLines());
    assertEquals(0, prose.repetition().top(2));
    assertEquals(1, prose.chineseCharacters());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "He said: \"Come in (if you like); it is late!\"",
        "See `useState` and [the guide](https://example.org/learn/state) before you go on.",
        "他说：“请进！（如果你愿意）；时间不早了……”，于是我们进去了。",
        "Москва — столица: «город», «центр»; {река} [мост] (улица)!"
      })
  void shouldKeepTextWithManyMarks(String text) {
    int words = text.split(" ").length;

    assertEquals(words, prose(text).words());
  }

  @Test
  void shouldReadOnAfterFenceThatIsNotClosed() {
    Prose prose = prose("```\n" + FIVE);

    assertEquals(5, prose.textLines());
  }

  @Test
  void shouldCountOnlyTextLinesAsDuplicates() {
    Prose prose = prose((FIVE + "Posts: 120\nJoined: May 2004\n}\n").repeat(2));

    assertEquals(10, prose.textLines());
    assertEquals(5, prose.duplicates());
    assertEquals(prose.textCharacters(), 2 * prose.duplicateCharacters());
  }

  @Test
  void shouldTakeTitlesForLabelsAndShortSentencesOfChineseForText() {
    assertEquals(0, prose("Re: Anybody else getting lots of mail about this?!x").textLines());
    assertEquals(1, prose("Anybody else getting lots of mail about this one?").textLines());
    assertEquals(0, prose("x".repeat(80)).textLines());
    assertEquals(1, prose("x".repeat(81)).textLines());
    assertEquals(1, prose("没有人记得是谁修建了那座灯塔。").textLines());
    assertEquals(0, prose("没有人记得灯塔是谁修的").textLines());
  }

  @Test
  void shouldHoldEachLineOnce() {
    assertEquals(0, prose(FIVE.repeat(2)).repetition().duplicate(5));
    assertEquals(0, prose("Add to cart now and save\n".repeat(9)).repetition().top(2));
  }

  @Test
  void shouldHoldRepeatedTextLinesOfFewLines() {
    String line = "The ferry leaves the old harbour at seven each morning.\n";

    assertEquals(0.5, prose(line.repeat(2)).repetition().duplicate(5));
    assertEquals(0.75, prose(line.repeat(4)).repetition().duplicate(5));
    assertEquals(0, prose(line.repeat(5)).repetition().duplicate(5));
    assertEquals(4, prose(line.repeat(5)).duplicates());
  }

  @Test
  void shouldTakeAddressesAndDottedNamesForOneUnitOfChinese() {
    Repetition repetition =
        prose("见 https://example.org/a/b 与 https://example.org/a/c 及 cn.example.core.Base62 类")
            .chineseRepetition();

    for (int n = 2; n <= 4; n++) {
      assertEquals(0, repetition.top(n), "n=" + n);
    }
  }

  @Test
  void shouldNotCountTopicNamedOnceInTenUnits() {
    String apart = "灯塔建于前年一二三四" + "灯塔矗立海边五六七八" + "灯塔照亮航线九十百千";
    String close = "灯塔建于前年一二三" + "灯塔矗立海边五六七" + "灯塔照亮航线九十百";

    assertEquals(0, prose(apart).chineseRepetition().top(2));
    assertEquals(4 / 27.0, prose(close).chineseRepetition().top(2), 1e-12);
  }

  @Test
  void shouldCountWhatTheOpeningDoesNotName() {
    var text = new StringBuilder();
    for (int i = 0; i < Prose.OPENING; i++) {
      text.append((char) ('\u4e00' + i));
    }
    for (int i = 0; i < 5; i++) {
      text.append("点击").append((char) ('\u5000' + i)).append("万千百十亿兆京垓秭");
    }

    // 点击 stands once in twelve characters.
    assertEquals(10 / 110.0, prose(text.toString()).chineseRepetition().top(2), 1e-12);
  }

  @Test
  void shouldForgetTheTextBefore() {
    prose(FIVE.repeat(3));

    assertEquals(0, prose("").textLines());
    assertEquals(0, prose("").words());
    assertEquals(0, prose("").chineseEntropy());
    assertEquals(5, prose(FIVE).textLines());
    assertEquals(0, prose(FIVE).duplicates());
  }

  private Prose prose(String text) {
    signals.scan(text.getBytes(StandardCharsets.UTF_8));
    return signals.prose();
  }
}
