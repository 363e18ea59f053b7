package dev.neostream.dedup;

import dev.neostream.clean.url.CanonicalUrl;
import dev.neostream.dedup.exact.PageUrl;
import dev.neostream.schemas.Attributes;
import dev.neostream.schemas.Envelope;
import dev.neostream.schemas.Readmission;
import dev.neostream.schemas.avro.TakedownKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What a takedown asks for.
 *
 * @param value in canonical form: {@link PageUrl} of pages, host names in lower case and punycode,
 *     licences in lower case and as long as documents carry them
 */
public record Subject(TakedownKind kind, String value) {

  /**
   * Returns a subject in canonical form.
   *
   * @throws IllegalArgumentException if the value is empty, or no host where one is asked for
   */
  public static Subject of(TakedownKind kind, String value) {
    String stripped = value.strip();
    if (stripped.isEmpty()) {
      throw new IllegalArgumentException("a takedown must name something: kind=" + kind);
    }
    return new Subject(
        kind,
        switch (kind) {
          case ID -> stripped.toLowerCase(Locale.ROOT);
          case LICENCE -> Attributes.bounded(stripped).toLowerCase(Locale.ROOT);
          case SOURCE -> stripped;
          case URL -> page(stripped);
          case HOST ->
              CanonicalUrl.of(stripped)
                  .filter(url -> url.path().isEmpty())
                  .map(CanonicalUrl::host)
                  .orElseThrow(
                      () ->
                          new IllegalArgumentException(
                              "host must be a host name, such as example.org: host=" + stripped));
        });
  }

  /** Returns every subject that a document falls under. */
  public static List<Subject> all(Envelope document) {
    var subjects = new ArrayList<Subject>();
    subjects.add(new Subject(TakedownKind.ID, document.id));
    Readmission.of(document.attributes)
        .ifPresent(mark -> subjects.add(new Subject(TakedownKind.ID, mark.document())));
    subjects.add(new Subject(TakedownKind.SOURCE, document.source));
    if (!document.url.isBlank()) {
      subjects.add(of(TakedownKind.URL, document.url));
    }
    String licence = document.attributes.getOrDefault(Attributes.LICENCE, "");
    if (!licence.isBlank()) {
      subjects.add(of(TakedownKind.LICENCE, licence));
    }
    PageUrl.of(document.url)
        .flatMap(page -> CanonicalUrl.of(page.text()))
        .ifPresent(url -> addHosts(url.host(), subjects));
    return subjects;
  }

  /** Adds a host and the domains above it. */
  private static void addHosts(String host, List<Subject> subjects) {
    int from = 0;
    do {
      subjects.add(new Subject(TakedownKind.HOST, host.substring(from)));
      from = host.indexOf('.', from) + 1;
    } while (from > 0);
  }

  private static String page(String url) {
    return PageUrl.of(url).map(PageUrl::text).orElse(url);
  }

  @Override
  public String toString() {
    return kind.toString().toLowerCase(Locale.ROOT) + " " + value;
  }
}
