package dev.neostream.dedup.exact;

import com.dynatrace.hash4j.hashing.HashValue128;
import com.dynatrace.hash4j.hashing.Hashing;
import dev.neostream.clean.url.CanonicalUrl;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * The URL of a page in one spelling: equal for what any server answers alike, different where one
 * might not.
 *
 * <ul>
 *   <li>Only absolute {@code http} and {@code https} URLs are pages. The two schemes differ.
 *   <li>Host: lower case, punycode, without a trailing dot ({@link CanonicalUrl}). Userinfo is
 *       dropped, and the port where it is the scheme's.
 *   <li>Path: case and dot segments stay; an empty one is {@code /}. An escaped unreserved
 *       character is decoded, other escapes are in upper case (RFC 3986 section 6.2.2), what is not
 *       ASCII is escaped.
 *   <li>Query: without parameters that only say where the visitor came from ({@code utm_*}, {@code
 *       gclid}, {@code fbclid} and their like), the others sorted by name, those of one name in
 *       their order. An empty query is none.
 *   <li>The fragment is dropped, unless it names a page ({@code #!}).
 * </ul>
 *
 * @param text the URL
 */
public record PageUrl(String text) {

  private static final Set<String> TRACKING =
      Set.of("gclid", "dclid", "gbraid", "wbraid", "fbclid", "msclkid", "yclid", "twclid");

  private static final String HEX = "0123456789ABCDEF";

  /** Returns the canonical form, or nothing if this is no absolute URL of a page. */
  public static Optional<PageUrl> of(String url) {
    String trimmed = url.strip();
    int colon = trimmed.indexOf("://");
    String scheme = colon < 0 ? "" : trimmed.substring(0, colon).toLowerCase(Locale.ROOT);
    if (!scheme.equals("http") && !scheme.equals("https")) {
      return Optional.empty();
    }
    return CanonicalUrl.of(trimmed).map(site -> new PageUrl(canonical(scheme, site, trimmed)));
  }

  /** Returns the XXH3-128 hash of the text. */
  public TextHash hash() {
    HashValue128 hash =
        Hashing.xxh3_128().hashBytesTo128Bits(text.getBytes(StandardCharsets.UTF_8));
    return new TextHash(hash.getMostSignificantBits(), hash.getLeastSignificantBits());
  }

  private static String canonical(String scheme, CanonicalUrl site, String url) {
    int from = scheme.length() + "://".length();
    int end = end(url, from, "/\\?#");
    int fragment = end(url, end, "#");
    int query = Math.min(end(url, end, "?"), fragment);
    String path = escaped(url.substring(end, query).replace('\\', '/'));
    String host = site.host().indexOf(':') < 0 ? site.host() : "[" + site.host() + "]";
    String parameters =
        query == fragment ? "" : parameters(escaped(url.substring(query + 1, fragment)));
    return scheme
        + "://"
        + host
        + port(scheme, url.substring(from, end))
        + (path.isEmpty() ? "/" : path)
        + (parameters.isEmpty() ? "" : "?" + parameters)
        + (url.startsWith("#!", fragment) ? escaped(url.substring(fragment)) : "");
  }

  /** Returns where the first of some characters is, the length if none of them follows. */
  private static int end(String url, int from, String characters) {
    int at = from;
    while (at < url.length() && characters.indexOf(url.charAt(at)) < 0) {
      at++;
    }
    return at;
  }

  private static String port(String scheme, String authority) {
    int colon = authority.lastIndexOf(':');
    String digits = colon < 0 ? "" : authority.substring(colon + 1).replaceFirst("^0+", "");
    boolean port = digits.chars().allMatch(c -> c >= '0' && c <= '9');
    return !port || digits.isEmpty() || digits.equals(scheme.equals("http") ? "80" : "443")
        ? ""
        : ":" + digits;
  }

  private static String parameters(String query) {
    List<String> kept = new ArrayList<>();
    for (String parameter : query.split("&")) {
      String name = name(parameter).toLowerCase(Locale.ROOT);
      if (!parameter.isEmpty() && !name.startsWith("utm_") && !TRACKING.contains(name)) {
        kept.add(parameter);
      }
    }
    kept.sort(Comparator.comparing(PageUrl::name));
    return String.join("&", kept);
  }

  private static String name(String parameter) {
    int equals = parameter.indexOf('=');
    return equals < 0 ? parameter : parameter.substring(0, equals);
  }

  private static String escaped(String part) {
    byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
    var out = new ByteArrayOutputStream(bytes.length);
    for (int i = 0; i < bytes.length; i++) {
      int b = bytes[i] & 0xff;
      boolean escaped = b == '%' && i + 2 < bytes.length && isHex(bytes[i + 1], bytes[i + 2]);
      if (escaped) {
        b = Character.digit(bytes[i + 1], 16) << 4 | Character.digit(bytes[i + 2], 16);
        i += 2;
      }
      if (b >= 0x80 || escaped && !isUnreserved(b)) {
        out.write('%');
        out.write(HEX.charAt(b >> 4));
        out.write(HEX.charAt(b & 0xf));
      } else {
        out.write(b);
      }
    }
    return out.toString(StandardCharsets.US_ASCII);
  }

  private static boolean isHex(byte high, byte low) {
    return Character.digit(high, 16) >= 0 && Character.digit(low, 16) >= 0;
  }

  private static boolean isUnreserved(int b) {
    return b >= 'a' && b <= 'z'
        || b >= 'A' && b <= 'Z'
        || b >= '0' && b <= '9'
        || b == '-'
        || b == '.'
        || b == '_'
        || b == '~';
  }
}
