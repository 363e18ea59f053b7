package dev.neostream.clean.pii;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Tells versions, sections and object identifiers of four parts from IPv4 addresses, by the words
 * on the same line and by the size of the parts. A number is a version
 *
 * <ul>
 *   <li>behind a word like <i>version</i> or <i>section</i>, or as {@code Product/1.2.3.4};
 *   <li>behind the name of a product (<i>WebSphere 8.5.5.16</i>), if its parts are as in versions:
 *       the first below {@value #MAX_FIRST}, another one below {@value #TEN}. One in twenty
 *       addresses is like that;
 *   <li>behind any words that do not speak of addresses, if all parts are small, below {@value
 *       #SMALL}. One in 4,000 addresses is like that.
 * </ul>
 *
 * A port, a path or a prefix length behind it makes it an address.
 */
final class Version {

  private static final int MAX_FIRST = 128;
  private static final int TEN = 10;
  private static final int SMALL = 32;

  /** Bytes of the line that are looked at before a number, and behind it. */
  private static final int BEFORE = 64;

  private static final int BEHIND = 24;

  /** A number with four parts directly behind one of these words is a version or a section. */
  private static final Set<String> VERSION_WORDS =
      Set.of(
          "version",
          "versions",
          "ver",
          "v",
          "release",
          "build",
          "revision",
          "rev",
          "firmware",
          "update",
          "sdk",
          "driver",
          "section",
          "chapter",
          "clause");

  private static final List<byte[]> VERSION_WORDS_ZH = utf8("版本", "版本号", "第", "节", "章");

  /** Beginnings of words that say that a line is about versions. */
  private static final List<String> VERSION_STEMS =
      List.of("upgrad", "downgrad", "updat", "version", "releas", "migrat", "patch", "install");

  private static final List<byte[]> VERSION_STEMS_ZH =
      utf8("版本", "升级", "更新", "安装", "发布", "固件", "补丁");

  /** Words that say that a line is about addresses. */
  private static final Set<String> ADDRESS_WORDS =
      Set.of(
          "address",
          "addresses",
          "addr",
          "ip",
          "ips",
          "ipv4",
          "dns",
          "nameserver",
          "resolver",
          "ping",
          "pinging",
          "traceroute",
          "whois",
          "src",
          "dst",
          "ssh",
          "sshd",
          "port",
          "proxy",
          "peer",
          "remote",
          "subnet",
          "netmask",
          "cidr",
          "listen",
          "listening",
          "bind",
          "connect",
          "connected",
          "connecting",
          "connection",
          "request",
          "visitor",
          "attacker",
          "user",
          "login",
          "session",
          "blocked",
          "banned",
          "allow",
          "deny");

  private static final List<byte[]> ADDRESS_WORDS_ZH =
      utf8("地址", "服务器", "主机", "网关", "域名", "解析", "访问", "连接", "端口", "来自", "代理", "登录");

  /** Words that stand before addresses, and before versions where the line is about versions. */
  private static final Set<String> PLACES =
      Set.of(
          "from", "to", "at", "by", "via", "server", "servers", "client", "clients", "host",
          "hosts", "gateway", "router", "node", "nodes");

  /** Words that are no product, although a sentence begins with them in a capital. */
  private static final Set<String> FUNCTION_WORDS =
      Set.of(
          "the", "this", "that", "our", "my", "your", "on", "in", "is", "and", "or", "for", "with",
          "when", "if", "then", "now", "use", "see", "get");

  private static final Pattern NO_LETTERS = Pattern.compile("[^a-z0-9]+");

  private Version() {}

  /** Returns whether all parts are as small as those of versions and sections mostly are. */
  static boolean isSmall(long address) {
    return (address & 0xe0e0e0e0L) == 0;
  }

  /** Returns whether the number in {@code [from, to)} is a version, section or identifier. */
  static boolean is(byte[] text, int from, int to, long address) {
    int before = Ascii.at(text, from - 1);
    // Product/1.2.3.4, but not http://1.2.3.4.
    if (before == '/' && Ascii.isAlphanumeric(Ascii.at(text, from - 2))) {
      return true;
    }
    int stop = skip(text, from, " :=\"'(.>");
    if (VERSION_WORDS.contains(word(text, stop).toLowerCase(Locale.ROOT))
        || VERSION_WORDS_ZH.stream().anyMatch(zh -> endsWith(text, stop, zh))) {
      return true;
    }
    if ("/@[".indexOf(before) >= 0 || isEndpoint(text, to)) {
      return false;
    }
    int start = lineStart(text, from);
    if (speaksOfAddresses(text, start, from)) {
      return false;
    }
    return isLikely(address) && isBehindProduct(text, from)
        || isSmall(address) && isAmongOtherWords(text, start, from, to);
  }

  private static boolean isLikely(long address) {
    int smallest =
        (int) Math.min(address >> 16 & 0xff, Math.min(address >> 8 & 0xff, address & 0xff));
    return address >> 24 < MAX_FIRST && smallest < TEN;
  }

  /** Returns whether a name stands directly before: {@code Oracle}, {@code iOS}, SQL Server. */
  private static boolean isBehindProduct(byte[] text, int from) {
    int end = skip(text, from, " (\"'=<>~");
    String name = word(text, end);
    boolean place = PLACES.contains(name.toLowerCase(Locale.ROOT));
    String product = place ? word(text, skip(text, end - name.length(), " ")) : name;
    String lower = product.toLowerCase(Locale.ROOT);
    return end < from
        && (!place || Character.isUpperCase(name.charAt(0)))
        && product.length() > 1
        && !product.equals(lower)
        && !PLACES.contains(lower)
        && !FUNCTION_WORDS.contains(lower);
  }

  private static boolean isAmongOtherWords(byte[] text, int start, int from, int to) {
    boolean words = false;
    for (int i = start; i < from && !words; i++) {
      words = Ascii.isLetter(text[i]) || text[i] < 0;
    }
    return words
        && !speaksOfAddresses(text, to, lineEnd(text, to))
        && (speaksOfVersions(text, start, from) || !anyWord(text, start, from, PLACES));
  }

  private static boolean speaksOfAddresses(byte[] text, int from, int to) {
    return anyWord(text, from, to, ADDRESS_WORDS) || contains(text, from, to, ADDRESS_WORDS_ZH);
  }

  private static boolean speaksOfVersions(byte[] text, int from, int to) {
    return contains(text, from, to, VERSION_STEMS_ZH)
        || words(text, from, to).anyMatch(w -> VERSION_STEMS.stream().anyMatch(w::startsWith));
  }

  private static boolean anyWord(byte[] text, int from, int to, Set<String> words) {
    return words(text, from, to).anyMatch(words::contains);
  }

  private static Stream<String> words(byte[] text, int from, int to) {
    var line = new String(text, from, to - from, StandardCharsets.ISO_8859_1);
    return Arrays.stream(NO_LETTERS.split(line.toLowerCase(Locale.ROOT)));
  }

  /** Returns whether a port, a path, a prefix length or the fields of a log follow. */
  private static boolean isEndpoint(byte[] text, int end) {
    int next = Ascii.at(text, end);
    int second = Ascii.at(text, end + 1);
    return next == ':' && Ascii.isDigit(second)
        || next == '/' && Ascii.isAlphanumeric(second)
        || starts(text, end, " port ")
        || starts(text, end, " - ");
  }

  private static int lineStart(byte[] text, int from) {
    int start = from;
    while (start > 0 && from - start < BEFORE && text[start - 1] != '\n') {
      start--;
    }
    return start;
  }

  private static int lineEnd(byte[] text, int from) {
    int end = from;
    while (end < text.length && end - from < BEHIND && text[end] != '\n') {
      end++;
    }
    return end;
  }

  /** Returns where up to four of some bytes before an offset start. */
  private static int skip(byte[] text, int from, String bytes) {
    int end = from;
    while (end > 0 && from - end < 4 && bytes.indexOf(text[end - 1]) >= 0) {
      end--;
    }
    return end;
  }

  /** Returns the word that ends before an offset: letters and digits, at most twelve. */
  private static String word(byte[] text, int end) {
    int start = end;
    while (start > 0 && end - start < 12 && Ascii.isAlphanumeric(text[start - 1])) {
      start--;
    }
    return new String(text, start, end - start, StandardCharsets.US_ASCII);
  }

  private static boolean contains(byte[] text, int from, int to, List<byte[]> words) {
    for (int end = from; end <= to; end++) {
      for (byte[] word : words) {
        if (end - word.length >= from && endsWith(text, end, word)) {
          return true;
        }
      }
    }
    return false;
  }

  private static boolean endsWith(byte[] text, int end, byte[] suffix) {
    int start = end - suffix.length;
    return start >= 0 && Arrays.equals(text, start, end, suffix, 0, suffix.length);
  }

  private static boolean starts(byte[] text, int from, String prefix) {
    int i = 0;
    while (i < prefix.length() && Ascii.at(text, from + i) == prefix.charAt(i)) {
      i++;
    }
    return i == prefix.length();
  }

  private static List<byte[]> utf8(String... words) {
    return Arrays.stream(words).map(w -> w.getBytes(StandardCharsets.UTF_8)).toList();
  }
}
