package dev.neostream.clean.url;

import java.net.IDN;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/**
 * What a URL and an entry of a block list are compared by: host and path, in one spelling.
 *
 * <ul>
 *   <li>Dropped: scheme, userinfo, port, fragment, dots around the host, delimiters at the end of
 *       the path. So {@code host}, {@code host/} and {@code http://host:80/#top} are one.
 *   <li>ASCII letters are folded to lower case, also in the path: squidGuard folds requests, so its
 *       lists are written in lower case whatever the server distinguishes.
 *   <li>Hosts: percent-encoding is decoded, then punycode by IDNA 2003 ({@link IDN}); IPv6
 *       addresses in full length ({@code 0:0:0:0:0:0:0:1}), those that hold an IPv4 address as
 *       such. A host that ends in a number is an IPv4 address in four decimal parts, also where it
 *       is written with fewer, in octal or in hexadecimal ({@code 0x7f.1}), or it is no host
 *       (WHATWG URL, host parsing).
 *   <li>Paths and queries: an escaped unreserved character is decoded (RFC 3986 section 6.2.2.2), a
 *       raw character beyond ASCII is escaped, a backslash is a slash. Dot segments of the path,
 *       escaped or not, are resolved (RFC 3986 section 5.2.4).
 * </ul>
 *
 * @param host lower-case host, never empty, with its {@code www.} if it has one
 * @param path path and query, starting with {@code /} or {@code ?}; empty for the root
 */
public record CanonicalUrl(String host, String path) {

  /** The longest host name of the domain name system (RFC 1035 section 2.3.4). */
  private static final int MAX_HOST = 253;

  /** Returns the canonical form, or nothing if the URL has no valid host. */
  public static Optional<CanonicalUrl> of(String url) {
    byte[] bytes = url.getBytes(StandardCharsets.UTF_8);
    return Optional.ofNullable(of(bytes, 0, bytes.length));
  }

  /** As {@link #of(String)}, of UTF-8 in {@code [from, to)}; null if there is no valid host. */
  static CanonicalUrl of(byte[] url, int from, int to) {
    while (from < to && (url[from] & 0xff) <= ' ') {
      from++;
    }
    while (to > from && (url[to - 1] & 0xff) <= ' ') {
      to--;
    }
    int at = authority(url, from, to);
    int end = at;
    int user = at;
    while (end < to && !isDelimiter(url[end])) {
      user = url[end] == '@' ? end + 1 : user;
      end++;
    }
    String host = host(url, user, end);
    String path = host == null ? null : path(url, end, to);
    return path == null ? null : new CanonicalUrl(host, path);
  }

  /** Returns the host without a leading {@code www.}, under which one site has two names. */
  public String site() {
    return host.startsWith("www.") && host.indexOf('.', 4) > 0 ? host.substring(4) : host;
  }

  /** Returns whether the host is an address, of which no suffix means anything. */
  boolean isAddress() {
    return host.indexOf(':') >= 0 || Ipv4.endsInNumber(host);
  }

  /** Returns where the authority starts: behind {@code scheme://} or {@code //}. */
  private static int authority(byte[] url, int from, int to) {
    int i = from;
    while (i < to && isSchemeByte(url[i])) {
      i++;
    }
    int slashes = i < to && url[i] == ':' ? i + 1 : from;
    return slashes + 1 < to && isSlash(url[slashes]) && isSlash(url[slashes + 1])
        ? slashes + 2
        : from;
  }

  private static boolean isSchemeByte(byte b) {
    return b >= 'a' && b <= 'z'
        || b >= 'A' && b <= 'Z'
        || b >= '0' && b <= '9'
        || b == '+'
        || b == '-'
        || b == '.';
  }

  private static boolean isSlash(byte b) {
    return b == '/' || b == '\\';
  }

  private static boolean isDelimiter(byte b) {
    return isSlash(b) || b == '?' || b == '#';
  }

  private static String host(byte[] url, int from, int to) {
    if (from < to && url[from] == '[') {
      return ipv6(url, from + 1, to);
    }
    int colon = to;
    while (colon > from && url[colon - 1] >= '0' && url[colon - 1] <= '9') {
      colon--;
    }
    int end = colon > from && url[colon - 1] == ':' ? colon - 1 : to;
    while (from < end && url[from] == '.') {
      from++;
    }
    while (end > from && url[end - 1] == '.') {
      end--;
    }
    // An escaped character takes up to three bytes and a label in punycode is no shorter.
    if (from == end || end - from > 3 * MAX_HOST) {
      return null;
    }
    var ascii = new byte[end - from];
    for (int i = from; i < end; i++) {
      byte b = lower(url[i]);
      if (!isHostByte(b)) {
        return international(url, from, end);
      }
      ascii[i - from] = b;
    }
    return wellFormed(new String(ascii, StandardCharsets.ISO_8859_1));
  }

  private static boolean isHostByte(byte b) {
    return b >= 'a' && b <= 'z' || b >= '0' && b <= '9' || b == '-' || b == '.' || b == '_';
  }

  private static String international(byte[] url, int from, int to) {
    var decoded = new byte[to - from];
    int length = 0;
    for (int i = from; i < to; i++) {
      int escaped = escaped(url, i, to);
      decoded[length++] = escaped < 0 ? url[i] : (byte) escaped;
      i += escaped < 0 ? 0 : 2;
    }
    try {
      String name = decode(decoded, length);
      String ascii = IDN.toASCII(name, IDN.ALLOW_UNASSIGNED);
      byte[] bytes = ascii.getBytes(StandardCharsets.UTF_8);
      for (int i = 0; i < bytes.length; i++) {
        bytes[i] = lower(bytes[i]);
        if (!isHostByte(bytes[i])) {
          return null;
        }
      }
      return wellFormed(new String(bytes, StandardCharsets.ISO_8859_1));
    } catch (CharacterCodingException | IllegalArgumentException e) {
      return null;
    }
  }

  private static String decode(byte[] bytes, int length) throws CharacterCodingException {
    return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes, 0, length)).toString();
  }

  private static String wellFormed(String host) {
    if (host.isEmpty() || host.length() > MAX_HOST || host.contains("..") || host.endsWith(".")) {
      return null;
    }
    return Ipv4.endsInNumber(host) ? Ipv4.canonical(host) : host;
  }

  private static String ipv6(byte[] url, int from, int to) {
    int end = from;
    while (end < to && url[end] != ']') {
      byte b = lower(url[end]);
      if (b != ':' && b != '.' && (b < '0' || b > '9') && (b < 'a' || b > 'f')) {
        return null;
      }
      end++;
    }
    if (end == to || end - from > 45) {
      return null;
    }
    try {
      // In brackets it is a literal or an error, never a name to resolve.
      var literal = new String(url, from - 1, end + 2 - from, StandardCharsets.ISO_8859_1);
      return InetAddress.getByName(literal).getHostAddress();
    } catch (UnknownHostException e) {
      return null;
    }
  }

  /** Returns path and query, or null if white space or control characters stand in them. */
  private static String path(byte[] url, int from, int to) {
    var canonical = new byte[16 + to - from];
    int length = 0;
    boolean query = false;
    for (int i = from; i < to && url[i] != '#'; i++) {
      int b = url[i] & 0xff;
      if (b <= ' ' || b == 0x7f) {
        return null;
      }
      int escaped = escaped(url, i, to);
      if (escaped >= 0) {
        i += 2;
        b = escaped;
      }
      if (length + 3 > canonical.length) {
        canonical = Arrays.copyOf(canonical, 2 * canonical.length);
      }
      if (escaped >= 0 && !isUnreserved(b) || b >= 0x80) {
        canonical[length++] = '%';
        canonical[length++] = hexDigit(b >> 4);
        canonical[length++] = hexDigit(b & 0xf);
      } else {
        byte c = b == '\\' ? (byte) '/' : lower((byte) b);
        int resolved = query || c != '/' && c != '?' ? length : withoutDots(canonical, length);
        boolean slashThere = resolved < length && c == '/';
        length = resolved;
        query |= c == '?';
        if (!slashThere) {
          canonical[length++] = c;
        }
      }
    }
    return withoutEnd(canonical, length);
  }

  /** Returns a path without delimiters and dot segments at its end. */
  private static String withoutEnd(byte[] canonical, int length) {
    boolean query = false;
    for (int i = 0; i < length && !query; i++) {
      query = canonical[i] == '?';
    }
    int resolved = length;
    do {
      length = resolved;
      while (length > 0 && isBoundary((char) canonical[length - 1])) {
        query &= canonical[--length] != '?';
      }
      resolved = query ? length : withoutDots(canonical, length);
    } while (resolved < length);
    return new String(canonical, 0, length, StandardCharsets.ISO_8859_1);
  }

  /** Returns the length of a path without a dot segment at its end, whose slash stays. */
  private static int withoutDots(byte[] path, int length) {
    if (length >= 2 && path[length - 1] == '.' && path[length - 2] == '/') {
      return length - 1;
    }
    if (length < 3
        || path[length - 1] != '.'
        || path[length - 2] != '.'
        || path[length - 3] != '/') {
      return length;
    }
    int parent = length - 3;
    while (parent > 0 && path[parent - 1] != '/') {
      parent--;
    }
    return Math.max(1, parent);
  }

  /** Returns whether a path may end before this character: no prefix ends within a segment. */
  static boolean isBoundary(char c) {
    return c == '/' || c == '?' || c == '&' || c == ';';
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

  /** Returns the byte that {@code %XX} at an offset stands for, or -1. */
  private static int escaped(byte[] url, int at, int to) {
    if (url[at] != '%' || at + 2 >= to) {
      return -1;
    }
    int high = Character.digit(url[at + 1], 16);
    int low = Character.digit(url[at + 2], 16);
    return high < 0 || low < 0 ? -1 : high << 4 | low;
  }

  private static byte hexDigit(int digit) {
    return (byte) (digit < 10 ? '0' + digit : 'a' + digit - 10);
  }

  private static byte lower(byte b) {
    return b >= 'A' && b <= 'Z' ? (byte) (b + 32) : b;
  }
}
