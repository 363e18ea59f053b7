package dev.neostream.dedup.exact;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import com.dynatrace.hash4j.hashing.Hashing;
import java.util.HashSet;
import org.junit.jupiter.api.Test;

class TextHashTest {

  @Test
  void shouldIgnoreCaseAndWhiteSpace() {
    TextHash plain = TextHash.of("a page of text 中文");

    assertEquals(plain, TextHash.of("  A\u00a0Page\r\n\tof   TEXT\u3000中文 \n"));
  }

  @Test
  void shouldKeepWordBordersApart() {
    assertNotEquals(TextHash.of("a b"), TextHash.of("ab"));
    assertNotEquals(TextHash.of(""), TextHash.of("a"));
    assertEquals(TextHash.of(""), TextHash.of(" \n "));
  }

  @Test
  void shouldEqualXxh3OfTheNormalisedText() {
    var reference = Hashing.xxh3_128().hashCharsTo128Bits("one two");

    TextHash hash = TextHash.of("One  two");

    assertEquals(reference.getMostSignificantBits(), hash.high());
    assertEquals(reference.getLeastSignificantBits(), hash.low());
  }

  @Test
  void shouldSurviveLoneSurrogatesAndLongText() {
    var seen = new HashSet<TextHash>();
    seen.add(TextHash.of("\ud800"));
    seen.add(TextHash.of("\udc00"));
    seen.add(TextHash.of("x".repeat(1_000_000)));
    seen.add(TextHash.of("x".repeat(999_999)));

    assertEquals(4, seen.size());
  }
}
