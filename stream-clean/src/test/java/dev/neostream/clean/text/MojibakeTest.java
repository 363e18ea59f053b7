package dev.neostream.clean.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MojibakeTest {

  private static final String CHINESE = "老桥在一九五二年修好，从那以后村里的人每天都从桥上走过。守桥的老人把过桥的车都记了下来，";

  private final Signals signals = new Signals();

  /** Counted by hand: in each text the characters that stand for one that was lost. */
  @ParameterizedTest
  @CsvSource({
    "cafÃ© and naÃ¯ve, 4, 0",
    "itâ€™s â€œquotedâ€\u009d, 9, 0",
    "lost: itâ€ s, 2, 0",
    "10Â\u00a0km and 10Â km, 3, 0",
    "cafÃƒÂ©, 4, 0",
    "ðŸ˜€ smile, 4, 0",
    "Ð¿Ñ€Ð¸, 6, 0",
    "it‚Äôs, 3, 0",
    "itΓÇÖs, 3, 0",
    "itвЂ™s, 3, 0",
    "ä½\u00a0å¥½, 6, 0",
    "ÖÐ¹úÈË, 6, 0",
    "it¡¯s ¡°so¡±, 6, 0",
    "ï¿½, 3, 0",
    "it鈥檚 a 鈥渜uote鈥?, 0, 5",
    "锟斤拷, 0, 3",
    "caf茅 and na茂ve, 0, 2",
    "fran鏰is, 0, 1",
    "it窶冱, 0, 2",
  })
  void shouldCountWhatCameOfAWrongCharset(String text, int latin, int han) {
    Mojibake mojibake = of(text);

    assertEquals(latin, mojibake.latin());
    assertEquals(han, mojibake.han());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "plain",
        "The café's naïve résumé – “quoted”, it’s £5, 20 °C, ½ × 3 µm…",
        "CAFÉ… and SÃO PAULO, «À la carte», ¿Qué? ¡Sí!",
        "ÄÄÄÄÄÄÄÄÄÄ and »»»»»»»» and °°°°°",
        "Größe und Maß: „Spaß“",
        "∑ √π ≤ ∞ ┬─┐ ├──┤",
        "一个iPhone卖多少钱，VIP没有折扣。",
        "水调歌头·明月几时有。把酒问青天，不知天上宫阙，今夕是何年。",
        "臺灣的歷史與文化，圖書館裡的書籍很多，讀書人都喜歡來。",
        "東京の天気は晴れです。ＡＢＣ、カタカナ、ひらがな。",
      })
  void shouldCountNothingInText(String text) {
    assertEquals(0, of(text).latin());
    assertEquals(0, of(text).han());
  }

  @ParameterizedTest
  @CsvSource({
    "UTF-8, windows-1252, 0.7",
    "UTF-8, ISO-8859-1, 0.85",
    "UTF-8, windows-1250, 0.7",
    "UTF-8, windows-1251, 0.7",
    "UTF-8, x-MacRoman, 0.85",
    "UTF-8, IBM437, 0.85",
    "GBK, ISO-8859-1, 0.8",
    "UTF-8, GBK, 0.6",
    "UTF-8, windows-31j, 0.4",
  })
  void shouldFindMostOfATextThatWentWrong(String from, String as, double share) {
    String wrong = new String(CHINESE.getBytes(Charset.forName(from)), Charset.forName(as));

    Mojibake mojibake = of(wrong);

    int most = Math.max(mojibake.latin(), mojibake.han());
    assertTrue(most >= share * wrong.length(), most + " of " + wrong.length() + ": " + wrong);
  }

  @Test
  void shouldNeverCountMoreThanItsBound() {
    String alphabet = "a ÂÃâ€™Ð¿¡¯ÖÐ¹ú鈥檛鑰佺茅鏰桥的�";
    var random = new Random(11);
    for (int round = 0; round < 3000; round++) {
      var text = new StringBuilder();
      for (int i = random.nextInt(40); i >= 0; i--) {
        text.append(alphabet.charAt(random.nextInt(alphabet.length())));
      }

      Mojibake mojibake = of(text.toString());

      assertTrue(mojibake.latin() <= mojibake.latinBound(), text::toString);
      assertTrue(mojibake.han() <= mojibake.hanBound(), text::toString);
      assertTrue(mojibake.latin() <= text.length(), text::toString);
    }
  }

  private Mojibake of(String text) {
    signals.scan(text.getBytes(StandardCharsets.UTF_8));
    return signals.mojibake();
  }
}
