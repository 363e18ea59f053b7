package dev.neostream.clean.domain;

import dev.neostream.clean.url.CanonicalUrl;
import dev.neostream.schemas.Envelope;
import java.io.Serializable;
import java.util.Optional;

/**
 * A way into a mixture domain: a document belongs to it if everything that is given holds. In
 * patterns {@code *} stands for any characters, {@code /} included, and letters for themselves.
 *
 * @param domain mixture domain
 * @param source pattern of the input's name, or of the input's name and the file in it: {@code
 *     books}, {@code crawl/*.warc.gz}
 * @param url a host, for itself and all below it, or a host and a pattern of path and query: {@code
 *     wikipedia.org}, {@code example.org/docs/*}
 * @param language language found, an ISO code, or that of the programming language: {@code zh},
 *     {@code java}
 * @param field name of a field of the input's record
 * @param value pattern of that field's text
 */
public record DomainRule(
    String domain, String source, String url, String language, String field, String value)
    implements Serializable {

  public DomainRule {
    if (!domain.matches("[a-z0-9][a-z0-9._-]{0,63}")) {
      throw new IllegalArgumentException(
          "domain must be 1 to 64 of a-z, 0-9, '.', '_' and '-', the first a letter or digit:"
              + " domain="
              + domain);
    }
    if (source.isEmpty() && url.isEmpty() && language.isEmpty() && field.isEmpty()) {
      throw new IllegalArgumentException(
          "a rule must have at least one of source, url, language and field: domain=" + domain);
    }
    if (field.isEmpty() != value.isEmpty()) {
      throw new IllegalArgumentException(
          "field and value must be given together: field=" + field + ", value=" + value);
    }
    if (!url.isEmpty() && CanonicalUrl.of(host(url)).isEmpty()) {
      throw new IllegalArgumentException(
          "url must be a host, or a host and a pattern of its paths: url=" + url);
    }
  }

  /** Returns whether the document, found to be in a language, meets every condition. */
  public boolean holds(Envelope document, String language) {
    return (this.language.isEmpty() || this.language.equals(language))
        && (source.isEmpty()
            || matches(source, document.source)
            || matches(source, document.source + "/" + document.file))
        && (field.isEmpty() || matches(value, document.attributes.getOrDefault(field, "")))
        && (url.isEmpty() || isAt(document.url));
  }

  private boolean isAt(String address) {
    Optional<CanonicalUrl> page = CanonicalUrl.of(address);
    String site = CanonicalUrl.of(host(url)).orElseThrow().site();
    String path = url.substring(host(url).length());
    return page.isPresent()
        && (page.get().host().equals(site) || page.get().host().endsWith("." + site))
        && (path.length() <= 1 || matches(path, page.get().path()));
  }

  private static String host(String url) {
    int end = url.indexOf('/');
    return end < 0 ? url : url.substring(0, end);
  }

  /** Takes at most the product of both lengths: only the last {@code *} is ever tried again. */
  static boolean matches(String pattern, String text) {
    int p = 0;
    int t = 0;
    int star = -1;
    int retry = 0;
    while (t < text.length()) {
      if (p < pattern.length() && pattern.charAt(p) == '*') {
        star = p++;
        retry = t;
      } else if (p < pattern.length() && pattern.charAt(p) == text.charAt(t)) {
        p++;
        t++;
      } else if (star >= 0) {
        p = star + 1;
        t = ++retry;
      } else {
        return false;
      }
    }
    while (p < pattern.length() && pattern.charAt(p) == '*') {
      p++;
    }
    return p == pattern.length();
  }
}
