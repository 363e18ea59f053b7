package dev.neostream.dedup.exact;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import com.dynatrace.hash4j.hashing.Hashing;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class TextHasherTest {

  private final TextHasher hasher = new TextHasher();

  private TextHash hash(String text) {
    return hasher.of(text.getBytes(StandardCharsets.UTF_8));
  }

  /** By the definition, character by character. */
  private static TextHash reference(String text) {
    var normalised = new StringBuilder();
    text.codePoints()
        .map(c -> Character.isWhitespace(c) || Character.isSpaceChar(c) ? ' ' : c)
        .forEach(c -> normalised.append(Character.toString(c).toLowerCase(Locale.ROOT)));
    byte[] utf8 =
        normalised
            .toString()
            .replaceAll(" +", " ")
            .replaceAll("^ | $", "")
            .getBytes(StandardCharsets.UTF_8);
    var hash = Hashing.xxh3_128().hashBytesTo128Bits(utf8);
    return new TextHash(hash.getMostSignificantBits(), hash.getLeastSignificantBits());
  }

  @Test
  void shouldIgnoreCaseAndWhiteSpace() {
    TextHash plain = hash("a page of text 中文");

    assertEquals(plain, hash("  A\u00a0Page\r\n\tof   TEXT\u3000中文 \n"));
  }

  @Test
  void shouldKeepWordBordersApart() {
    assertNotEquals(hash("a b"), hash("ab"));
    assertNotEquals(hash(""), hash("a"));
    assertEquals(hash(""), hash(" \n "));
  }

  @Test
  void shouldEqualXxh3OfTheNormalisedText() {
    for (String text :
        List.of(
            "",
            " ",
            "a",
            "  A\u00a0Page\r\n\tof \u001f TEXT\u3000中文 \n",
            "\u0130stanbul ÄÖÜ \ud83d\ude00 \ud801\udc00 \u212a \u2c62",
            "\u023a".repeat(5_000),
            "x".repeat(1_000_000),
            "中 ".repeat(5_000))) {
      assertEquals(reference(text), hash(text), text);
    }
  }

  @Test
  void shouldEqualXxh3OfRandomNormalisedTexts() {
    var random = new SplittableRandom(7);
    for (int n = 0; n < 2_000; n++) {
      var text = new StringBuilder();
      int limit = List.of(0x80, 0x80, 0x800, 0xd800, 0x20000).get(n % 5);
      int spaces = 1 + random.nextInt(12);
      for (int i = random.nextInt(200); i > 0; i--) {
        text.appendCodePoint(random.nextInt(spaces) == 0 ? ' ' : random.nextInt(limit));
      }
      String wellFormed =
          new String(text.toString().getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
      assertEquals(reference(wellFormed), hash(wellFormed), wellFormed);
    }
  }
}
