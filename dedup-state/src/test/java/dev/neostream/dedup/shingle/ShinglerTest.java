package dev.neostream.dedup.shingle;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.neostream.dedup.shingle.ShingleKind.Unit;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class ShinglerTest {

  private static final ShingleKind WORD = new ShingleKind(Unit.WORDS, 1);
  private static final ShingleKind CHARACTER = new ShingleKind(Unit.CHARACTERS, 1);

  private static final Pattern WORDS =
      Pattern.compile(
          "(?=[\\p{L}\\p{Nl}\\p{No}])[\\p{IsHan}\\p{IsHiragana}\\p{IsKatakana}\\p{IsThai}\\p{IsLao}"
              + "\\p{IsKhmer}\\p{IsMyanmar}]"
              + "|[[\\p{L}\\p{N}_]&&[^[[\\p{L}\\p{Nl}\\p{No}]&&[\\p{IsHan}\\p{IsHiragana}"
              + "\\p{IsKatakana}\\p{IsThai}\\p{IsLao}\\p{IsKhmer}\\p{IsMyanmar}]]]]+");

  /** Pieces that meet in random texts: borders, cases, scripts, widths. */
  private static final List<String> PIECES =
      List.of(
          "a",
          "B",
          "c_9",
          "word",
          "LONGER",
          "eightchr",
          "exactlysixteench",
          " ",
          " ",
          " ",
          "  ",
          "\n",
          "\t",
          "\u00a0",
          "\u0085",
          "\u3000",
          ".",
          ",",
          "-",
          "'",
          "é",
          "É",
          "ñ",
          "Σ",
          "ς",
          "İ",
          "ı",
          "ß",
          "ẞ",
          "K",
          "²",
          "½",
          "Ⅷ",
          "中",
          "文",
          "〇",
          "、",
          "。",
          "ひ",
          "カ",
          "ー",
          "ก",
          "๑",
          "ကိ",
          "ខ្",
          "\ud83d\ude00",
          "\ud840\udc00",
          "\ud801\udc00",
          "\ud835\udfce",
          "\u0301",
          "नि",
          "\u200b",
          "\u0000");

  @Test
  void shouldTellShinglesApartAsTheDefinitionDoes() {
    var random = new Random(7);
    for (int round = 0; round < 3000; round++) {
      var text = new StringBuilder();
      for (int i = random.nextInt(60); i >= 0; i--) {
        text.append(PIECES.get(random.nextInt(PIECES.size())));
      }
      for (int n : new int[] {1, 2, 5}) {
        assertSame(words(text.toString()), new ShingleKind(Unit.WORDS, n), text.toString());
        assertSame(
            characters(text.toString()), new ShingleKind(Unit.CHARACTERS, n), text.toString());
      }
    }
  }

  @Test
  void shouldReadLongTextsInPieces() {
    var random = new Random(8);
    var text = new StringBuilder();
    while (text.length() < 50_000) {
      text.append(PIECES.get(random.nextInt(PIECES.size())));
    }

    assertSame(words(text.toString()), ShingleKind.words5(), text.toString());
    assertSame(characters(text.toString()), ShingleKind.characters13(), text.toString());
  }

  /** The definition, unit by unit: what is stored of one version must be made again by the next. */
  @Test
  void shouldHashCharactersBitForBitAsDefined() {
    var random = new Random(10);
    for (int round = 0; round < 5_000; round++) {
      var text = new StringBuilder();
      int length = round % 100 == 0 ? 5_000 : random.nextInt(60);
      while (text.length() < length) {
        switch (random.nextInt(4)) {
          case 0 -> text.append((char) random.nextInt(0x80));
          case 1 -> text.append(PIECES.get(random.nextInt(PIECES.size())));
          case 2 -> text.append(" -\t".charAt(random.nextInt(3)));
          default -> text.append("plain words".substring(random.nextInt(11)));
        }
      }
      assertArrayEquals(
          defined(characters(text.toString()), 13),
          hashes(ShingleKind.characters13(), text.toString()),
          text::toString);
    }
  }

  private static int[] defined(List<String> units, int n) {
    int[] hashes = new int[Math.max(0, units.size() - n + 1)];
    for (int i = 0; i < hashes.length; i++) {
      long shingle = 0;
      for (String unit : units.subList(i, i + n)) {
        shingle = Long.rotateLeft(shingle, 1) ^ Mix.mix(unit.codePointAt(0) + 1);
      }
      hashes[i] = (int) (Mix.mix(shingle) >>> 32);
    }
    return hashes;
  }

  @Test
  void shouldHashAWordAlikeWhereverItStands() {
    for (String word :
        List.of("a", "seventh", "eightchr", "ninechars", "exactlysixteench", "naïve")) {
      int[] alone = hashes(WORD, word);
      int[] among = hashes(WORD, word + "中" + word.toUpperCase(Locale.ROOT) + ".");

      assertArrayEquals(new int[] {alone[0], hashes(WORD, "中")[0], alone[0]}, among);
    }
    assertArrayEquals(hashes(WORD, "k"), hashes(WORD, "\u212a"));
  }

  @Test
  void shouldGiveOneShingleForEachUnitFromTheNthOn() {
    assertEquals(0, hashes(ShingleKind.words5(), "").length);
    assertEquals(0, hashes(ShingleKind.words5(), "only four words here").length);
    assertEquals(1, hashes(ShingleKind.words5(), "now these are five words").length);
    assertEquals(2, hashes(ShingleKind.words5(), "六個字在這裡").length);
    assertEquals(3, hashes(ShingleKind.words5(), "mixed 中文 and English, 3 x").length);
    assertEquals(0, hashes(ShingleKind.characters13(), "  twelve chrs. ").length);
    assertEquals(1, hashes(ShingleKind.characters13(), "\u3000thirteen  char!").length);
  }

  @Test
  void shouldNormaliseAsMapNeoDoes() {
    assertArrayEquals(hashes(CHARACTER, "a b c"), hashes(CHARACTER, " A -\n B,\u00a0\u0085c ... "));
    assertArrayEquals(hashes(CHARACTER, "i\u0307"), hashes(CHARACTER, "İ"));
  }

  @Test
  void shouldSurviveMalformedText() {
    var random = new Random(9);
    for (int round = 0; round < 2000; round++) {
      byte[] bytes = new byte[random.nextInt(40)];
      random.nextBytes(bytes);

      assertArrayEquals(hashes(WORD, bytes), hashes(WORD, bytes.clone()));
      assertArrayEquals(hashes(CHARACTER, bytes), hashes(CHARACTER, bytes.clone()));
    }
  }

  @Test
  void shouldRefuseShinglesOfNoOrTooManyUnits() {
    assertThrows(IllegalArgumentException.class, () -> new ShingleKind(Unit.WORDS, 0));
    var error = assertThrows(IllegalArgumentException.class, () -> new ShingleKind(Unit.WORDS, 64));

    assertEquals("a shingle must have 1 to 63 units but n is 64", error.getMessage());
  }

  /** Shingles must be as many as expected, and equal exactly where the expected ones are. */
  private static void assertSame(List<String> units, ShingleKind kind, String text) {
    int[] hashes = hashes(kind, text);
    assertEquals(Math.max(0, units.size() - kind.n() + 1), hashes.length, () -> kind + text);
    var known = new HashMap<List<String>, Integer>();
    for (int i = 0; i < hashes.length; i++) {
      Integer before = known.putIfAbsent(units.subList(i, i + kind.n()), hashes[i]);
      assertEquals(before == null ? hashes[i] : before, hashes[i], () -> kind + text);
    }
    assertEquals(known.size(), Arrays.stream(hashes).distinct().count(), () -> kind + text);
  }

  private static List<String> words(String text) {
    return WORDS.matcher(lowerCase(text)).results().map(match -> match.group()).toList();
  }

  private static List<String> characters(String text) {
    var units = new ArrayList<String>();
    lowerCase(text)
        .replaceAll("[!-/:-@\\[-`{-~]", "")
        .replaceAll("[\\s\\u001c-\\u001f\\u0085\\p{Z}]+", " ")
        .strip()
        .codePoints()
        .forEach(c -> units.add(Character.toString(c)));
    return units;
  }

  private static String lowerCase(String text) {
    return text.toLowerCase(Locale.ROOT).replace('ς', 'σ');
  }

  private static int[] hashes(ShingleKind kind, String text) {
    return hashes(kind, text.getBytes(StandardCharsets.UTF_8));
  }

  private static int[] hashes(ShingleKind kind, byte[] utf8) {
    var shingler = new Shingler(kind);
    int[] hashes = new int[utf8.length + Shingler.MOST_AT_ONCE];
    shingler.start(utf8);
    int size = 0;
    for (int end = shingler.read(hashes, 0); end > size; end = shingler.read(hashes, size)) {
      size = end;
    }
    return Arrays.copyOf(hashes, size);
  }
}
