package dev.neostream.dedup.exact;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PageUrlTest {

  private static String canonical(String url) {
    return PageUrl.of(url).orElseThrow().text();
  }

  @ParameterizedTest
  @CsvSource({
    "HTTP://Example.ORG:80, http://example.org/",
    "https://example.org.:443/, https://example.org/",
    "https://example.org:0443/a, https://example.org/a",
    "http://example.org:8080/Path/A#top, http://example.org:8080/Path/A",
    "http://me:secret@example.org/, http://example.org/",
    "http://example.org/%7euser/%e4%b8%ad, http://example.org/~user/%E4%B8%AD",
    "http://example.org/中, http://example.org/%E4%B8%AD",
    "http://example.org/?, http://example.org/",
    "http://example.org?b=2&a=1&b=1, http://example.org/?a=1&b=2&b=1",
    "http://example.org/?utm_source=x&UTM_medium=y&gclid=1&fbclid=2, http://example.org/",
    "http://example.org/?id=3&utm_source=x&&, http://example.org/?id=3",
    "http://example.org/#!/page, http://example.org/#!/page",
    "http://bücher.example/, http://xn--bcher-kva.example/",
    "'http://[::1]:80/', 'http://[0:0:0:0:0:0:0:1]/'",
  })
  void shouldWriteAUrlInOneSpelling(String url, String expected) {
    assertEquals(expected, canonical(url));
    assertEquals(expected, canonical(expected));
  }

  @Test
  void shouldKeepPagesApart() {
    assertNotEquals(canonical("http://example.org/a"), canonical("http://example.org/A"));
    assertNotEquals(canonical("http://example.org/a"), canonical("https://example.org/a"));
    assertNotEquals(canonical("http://example.org/a"), canonical("http://example.org/a/"));
    assertNotEquals(
        canonical("http://example.org/?a%26b=1"), canonical("http://example.org/?a&b=1"));
    assertNotEquals(canonical("http://example.org/a%2Fb"), canonical("http://example.org/a/b"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "documents.jsonl#7",
        "example.org/a",
        "//example.org/a",
        "ftp://example.org/",
        "mailto:a@example.org",
        "http://",
        "http:///a",
        "http://example.org/a b"
      })
  void shouldKnowNoPageByWhatIsNoAbsoluteUrl(String url) {
    assertEquals(Optional.empty(), PageUrl.of(url));
  }
}
