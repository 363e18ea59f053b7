package dev.neostream.clean.domain;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.neostream.schemas.Envelope;
import java.util.Map;
import java.util.Random;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DomainRuleTest {

  private static Envelope document() {
    var document = new Envelope();
    document.source = "crawl";
    document.file = "2026/a.warc.gz";
    document.url = "https://www.Docs.Example.org:443/Guide/x?y=1#z";
    document.attributes = Map.of("subset", "wiki zh");
    return document;
  }

  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      emptyValue = "",
      value = {
        // source, url, language, field, value, holds
        "crawl, '', '', '', '', true",
        "cra, '', '', '', '', false",
        "crawl/2026/*, '', '', '', '', true",
        "*.warc.gz, '', '', '', '', true",
        "crawl/*.txt, '', '', '', '', false",
        "'', example.org, '', '', '', true",
        "'', docs.example.org, '', '', '', true",
        "'', www.example.org/, '', '', '', true",
        "'', ample.org, '', '', '', false",
        "'', other.docs.example.org, '', '', '', false",
        "'', example.org/guide/*, '', '', '', true",
        "'', example.org/guide/, '', '', '', false",
        "'', '', zh, '', '', true",
        "'', '', en, '', '', false",
        "'', '', '', subset, wiki*, true",
        "'', '', '', subset, wiki, false",
        "'', '', '', lang, '*', true",
        "crawl, example.org, zh, subset, '* zh', true",
        "crawl, example.org, en, subset, '* zh', false",
        "book, example.org, zh, subset, '* zh', false",
      })
  void shouldHoldIfAllOfItDoes(
      String source, String url, String language, String field, String value, boolean holds) {
    assertEquals(
        holds, new DomainRule("d", source, url, language, field, value).holds(document(), "zh"));
  }

  @Test
  void shouldNotBeAtAPageWithoutAHost() {
    Envelope document = document();
    document.url = "";

    assertEquals(false, new DomainRule("d", "", "a.org", "", "", "").holds(document, "en"));
  }

  /** Against java.util.regex, whose answer takes exponential time on worse patterns. */
  @Test
  void shouldMatchAsARegularExpressionDoes() {
    var random = new Random(3);
    for (int i = 0; i < 20_000; i++) {
      String pattern = text(random, "ab*", 7);
      String text = text(random, "ab", 9);
      String regex =
          pattern
              .chars()
              .mapToObj(c -> c == '*' ? ".*" : "" + (char) c)
              .collect(Collectors.joining());

      assertEquals(
          Pattern.matches(regex, text), DomainRule.matches(pattern, text), pattern + " " + text);
    }
  }

  private static String text(Random random, String letters, int most) {
    return random
        .ints(random.nextInt(most), 0, letters.length())
        .mapToObj(i -> "" + letters.charAt(i))
        .collect(Collectors.joining());
  }

  @ParameterizedTest
  @CsvSource({
    "Web, a, '', '', '', '', 'domain must be 1 to 64 of'",
    "'', a, '', '', '', '', 'domain must be 1 to 64 of'",
    "web, '', '', '', '', '', 'a rule must have at least one of'",
    "web, '', '', '', f, '', 'field and value must be given together: field=f, value='",
    "web, '', '', '', '', v, 'a rule must have at least one of'",
    "web, '', '/docs/*', '', '', '', 'url must be a host'",
  })
  void shouldBeRefused(
      String domain,
      String source,
      String url,
      String language,
      String field,
      String value,
      String message) {
    String said =
        assertThrows(
                IllegalArgumentException.class,
                () -> new DomainRule(domain, source, url, language, field, value))
            .getMessage();
    assertEquals(message, said.substring(0, Math.min(message.length(), said.length())));
  }
}
