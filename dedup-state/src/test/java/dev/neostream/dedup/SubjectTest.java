package dev.neostream.dedup;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.neostream.schemas.Attributes;
import dev.neostream.schemas.Envelope;
import dev.neostream.schemas.avro.TakedownKind;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SubjectTest {

  private static Envelope document(String url) {
    var document = new Envelope();
    document.id = "00ff";
    document.source = "crawl";
    document.url = url;
    document.attributes = Map.of(Attributes.LICENCE, "CC-BY-4.0");
    return document;
  }

  private static boolean matches(TakedownKind kind, String value, String url) {
    return Subject.all(document(url)).contains(Subject.of(kind, value));
  }

  @Test
  void shouldMatchAHostAndTheHostsBelowIt() {
    String url = "https://www.Example.org:443/page";

    for (String host : List.of("example.org", "www.example.org", "EXAMPLE.org.", "example.org/")) {
      assertTrue(matches(TakedownKind.HOST, host, url), host);
    }
    for (String host : List.of("a.example.org", "ample.org", "example.com")) {
      assertFalse(matches(TakedownKind.HOST, host, url), host);
    }
    assertFalse(matches(TakedownKind.HOST, "example.org", "example.org/Main.java"));
  }

  @Test
  void shouldMatchPagesByCanonicalUrlAndPathsAsTheyAre() {
    assertTrue(
        matches(TakedownKind.URL, "https://a.org/x#top", "https://A.org:443/x?utm_source=y"));
    assertFalse(matches(TakedownKind.URL, "https://a.org/x", "https://a.org/X"));
    assertTrue(matches(TakedownKind.URL, "dev/Main.java", "dev/Main.java"));
    assertFalse(matches(TakedownKind.URL, "dev/Main.java", "dev/main.java"));
  }

  @Test
  void shouldMatchIdSourceAndLicence() {
    assertTrue(matches(TakedownKind.ID, "00FF", ""));
    assertTrue(matches(TakedownKind.SOURCE, "crawl", ""));
    assertFalse(matches(TakedownKind.SOURCE, "Crawl", ""));
    assertTrue(matches(TakedownKind.LICENCE, " cc-by-4.0", ""));
    assertFalse(matches(TakedownKind.LICENCE, "cc-by", ""));
  }

  @Test
  void shouldMatchALicenceThatIsTooLongToTravelWhole() {
    String text = "Permission is hereby granted. ".repeat(100);
    var document = document("");
    document.attributes = Map.of(Attributes.LICENCE, Attributes.bounded(text.strip()));

    assertTrue(Subject.all(document).contains(Subject.of(TakedownKind.LICENCE, text)));
  }

  @Test
  void shouldRefuseWhatNamesNothing() {
    for (TakedownKind kind : TakedownKind.values()) {
      assertThrows(IllegalArgumentException.class, () -> Subject.of(kind, " "), kind.toString());
    }
    for (String host : List.of("example.org/page", "https://", "a b")) {
      assertThrows(IllegalArgumentException.class, () -> Subject.of(TakedownKind.HOST, host), host);
    }
    assertEquals("host a.org", Subject.of(TakedownKind.HOST, "https://a.org").toString());
  }
}
