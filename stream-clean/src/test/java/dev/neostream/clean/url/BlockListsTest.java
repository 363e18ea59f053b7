package dev.neostream.clean.url;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BlockListsTest {

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({
    "http://example.com/,                 domain example.com",
    "https://a.b.example.com/x?y,         domain example.com",
    "example.com,                         domain example.com",
    "//EXAMPLE.COM.,                      domain example.com",
    "http://u:p@Example.com:8080/x,       domain example.com",
    "http://example.com\\x,               domain example.com",
    "http://ex%61mple.com/,               domain example.com",
    "http://badexample.com/,              -",
    "http://example.com.evil.org/,        -",
    "http://evil.org/example.com,         -",
    "http://example.com@evil.org/,        -",
    "http://com/,                         -",
    "http://deep.sub.example.com/,        domain sub.example.com",
    "http://site.org/,                    domain site.org",
    "http://www.site.org/x,               domain site.org",
    "http://sister.site.org/,             -",
    "http://192.0.2.7:81/x,               domain 192.0.2.7",
    "http://9.192.0.2.7/,                 -",
    "http://3.192.0.2.7.example.org/,     -",
    "'http://[2001:DB8:0::1]:80/',        domain 2001:db8:0:0:0:0:0:1",
    "'http://[2001:db8::2]/',             -",
    "http://bücher.example/,              domain xn--bcher-kva.example",
    "http://xn--BCHER-kva.example/a,      domain xn--bcher-kva.example",
    "http://b%C3%BCcher.example/,         domain xn--bcher-kva.example",
    "http://例え.テスト/,                   domain xn--r8jz45g.xn--zckzah",
    "http://host.net/path,                url host.net/path",
    "http://www.host.net/path/x,          url host.net/path",
    "http://host.net/path?x,              url host.net/path",
    "http://host.net:8080/PATH/,          url host.net/path",
    "http://host.net/%70ath#top,          url host.net/path",
    "http://host.net/pathology,           -",
    "http://host.net/,                    -",
    "http://sub.host.net/path,            -",
    "http://host.net/a%2fb,               url host.net/a%2fb",
    "http://host.net/a/b,                 -",
    "http://host.net/ü/x,                 url host.net/%c3%bc",
    "http://host.net/%C3%BC,              url host.net/%c3%bc",
    "http://host.net/get?id=3,            url host.net/get?id=3",
    "http://host.net/get?id=3&n=1,        url host.net/get?id=3",
    "http://host.net/get?id=33,           -",
    "http://whole.net/any,                url whole.net",
    "http://sub.whole.net/any,            -",
    "'not a url',                         -",
    "'',                                  -",
    "http:///x,                           -",
    "'http://[::1',                       -",
  })
  void matchesAtBoundaries(String url, String expected) throws IOException {
    write(
        "bad/domains",
        "example.com\n.sub.example.com\nwww.site.org\n192.0.2.7\n[2001:db8::1]\nbücher.example\n"
            + "xn--r8jz45g.xn--zckzah\n2.7\n");
    write(
        "bad/urls",
        "host.net/path/\nhttp://host.net/a%2Fb\nwww.host.net/ü\nhost.net/get?id=3\nwhole.net\n");
    BlockLists lists = BlockLists.load(folder, Set.of("bad"), Set.of());
    assertEquals(13, lists.size());
    assertEquals(0, lists.skipped());
    Optional<BlockLists.Match> match = lists.match(url);
    assertEquals(expected, match.map(m -> m.kind() + " " + m.entry()).orElse("-"));
    assertTrue(match.stream().allMatch(m -> m.category().equals("bad")));
  }

  @ParameterizedTest
  @CsvSource({
    "http://host.net/./path,              url host.net/path",
    "http://host.net/a/../path/x,         url host.net/path",
    "http://host.net/a/b/../../path,      url host.net/path",
    "http://host.net/../../path,          url host.net/path",
    "http://host.net/a/%2e%2E/path,       url host.net/path",
    "http://host.net/a/.%2e/%2E/path,     url host.net/path",
    "http://host.net\\a\\..\\path,       url host.net/path",
    "http://host.net/path/x/..,           url host.net/path",
    "http://host.net/path/.?x=1,          url host.net/path",
    "http://host.net/path/x/../..,        -",
    "http://host.net/path/../other,       -",
    "http://host.net/path/..?x,           -",
    "http://host.net/a?/../path,          -",
    "http://host.net/.../path,            -",
    "http://host.net/a/..%2fpath,         -",
    "http://host.net/path/..;/,           -",
    "http://host.net/dotted,              url host.net/dotted",
    "http://192.0.2.7/,                   domain 192.0.2.7",
    "http://3221225991/x,                 domain 192.0.2.7",
    "http://0300.0.2.07:80/,              domain 192.0.2.7",
    "http://0xC0.0x0.0x2.0x7/,            domain 192.0.2.7",
    "http://0xc0000207/,                  domain 192.0.2.7",
    "http://192.519/,                     domain 192.0.2.7",
    "http://192.0.519./,                  domain 192.0.2.7",
    "http://%31%39%32.0.2.7/,             domain 192.0.2.7",
    "http://192。0.2.7/,                  domain 192.0.2.7",
    "http://127.1/,                       domain 127.0.0.1",
    "'http://[::ffff:7f00:1]/',           domain 127.0.0.1",
    "http://10.0.0.09/,                   -",
    "http://192.0.2.263/,                 -",
    "http://4294967296/,                  -",
    "http://1.192.0.2.7/,                 -",
    "http://0x7f.example.org/,            -",
  })
  void matchesWhatABrowserWouldAsk(String url, String expected) throws IOException {
    write("bad/domains", "0xC0.0.2.7\n2130706433\n9.9.9.9.9\n");
    write("bad/urls", "host.net/x/../path\nhost.net/./dotted\n");
    BlockLists lists = BlockLists.load(folder, Set.of("bad"), Set.of());
    assertEquals(4, lists.size());
    assertEquals(1, lists.skipped());
    assertEquals(expected, lists.match(url).map(m -> m.kind() + " " + m.entry()).orElse("-"), url);
  }

  @Test
  void aWhiteMatchBeatsEveryBlock() throws IOException {
    write("adult/domains", "a.org\nb.org\n");
    write("adult/urls", "c.org/x/y\n");
    write("liste_blanche/domains", "good.a.org\n");
    write("liste_blanche/urls", "b.org/health\nc.org/x\n");
    BlockLists plain = BlockLists.load(folder, Set.of("adult"), Set.of());
    BlockLists lists = BlockLists.load(folder, Set.of("adult"), Set.of("liste_blanche"));
    for (String url : List.of("http://good.a.org/", "http://b.org/health/1", "http://c.org/x/y")) {
      assertTrue(plain.match(url).isPresent(), url);
      assertTrue(lists.match(url).isEmpty(), url);
    }
    for (String url : List.of("http://a.org/", "http://b.org/healthy")) {
      assertTrue(lists.match(url).isPresent(), url);
    }
  }

  @Test
  void takesChosenCategoriesOnly() throws IOException {
    write("adult/domains", "a.org\n");
    write("games/online/domains", "g.org\n");
    write("liste_blanche/domains", "w.org\n");
    write("notes/readme", "x\n");
    assertEquals(Set.of("adult", "games/online", "liste_blanche"), BlockLists.categories(folder));
    BlockLists adult = BlockLists.load(folder, Set.of("adult"), Set.of());
    assertTrue(adult.match("http://g.org/").isEmpty());
    assertTrue(adult.match("http://w.org/").isEmpty());
    BlockLists games = BlockLists.load(folder, Set.of("games/online"), Set.of());
    assertEquals("games/online", games.match("http://g.org/").orElseThrow().category());
  }

  @Test
  void anEntryOfTwoCategoriesIsOfTheFirst() throws IOException {
    write("porn/domains", "a.org\n");
    Files.createSymbolicLink(folder.resolve("adult"), folder.resolve("porn"));
    BlockLists lists = BlockLists.load(folder, Set.of("porn", "adult"), Set.of());
    assertEquals(1, lists.size());
    assertEquals("adult", lists.match("http://a.org/").orElseThrow().category());
  }

  @Test
  void refusesUnknownCategoriesWithTheNearest() throws IOException {
    write("adult/domains", "");
    write("drugs/domains", "");
    write("press/domains", "");
    write("agressif/domains", "");
    String message = refusal(Set.of("adlut"), Set.of());
    assertTrue(message.contains("category=adlut"), message);
    assertTrue(message.contains("nearest=[adult, "), message);
    assertTrue(refusal(Set.of("adult"), Set.of("pres")).contains("nearest=[press, "));
    assertTrue(refusal(Set.of("adult"), Set.of("adult")).contains("both"));
    assertTrue(refusal(Set.of(), Set.of()).contains("adult, agressif, drugs, press"));
  }

  @Test
  void linesThatAreNoEntryAreSkippedAndCounted() throws IOException {
    var bytes = new ByteArrayOutputStream();
    for (String line :
        List.of(
            "\uFEFFfirst.org",
            "",
            "   ",
            "# comment",
            "two words.org",
            "a..b.org",
            "host.org/path",
            "good.org\r",
            "x".repeat(300) + ".org",
            "y".repeat(100_000),
            "*.star.org",
            "\u0000",
            "-",
            " padded.org\t",
            "%zz.org",
            "[::g]")) {
      bytes.writeBytes((line + "\n").getBytes(StandardCharsets.UTF_8));
    }
    bytes.writeBytes("caf\u00e9.org\nlast.org".getBytes(StandardCharsets.ISO_8859_1));
    Files.createDirectories(folder.resolve("c"));
    Files.write(folder.resolve("c/domains"), bytes.toByteArray());
    BlockLists lists = BlockLists.load(folder, Set.of("c"), Set.of());
    for (String host : List.of("first.org", "good.org", "padded.org", "last.org")) {
      assertTrue(lists.match("http://" + host).isPresent(), host);
    }
    // The fifth is "-": a strange label, but one.
    assertEquals(5, lists.size());
    assertEquals(13, lists.skipped());
  }

  @Test
  void readsCompressedListsAndNamesIgnoredOnes() throws IOException {
    Files.createDirectories(folder.resolve("c"));
    try (var out = new GZIPOutputStream(Files.newOutputStream(folder.resolve("c/domains.gz")))) {
      out.write("a.org\n".getBytes(StandardCharsets.UTF_8));
    }
    write("c/expressions", "(sex|porn)\n");
    BlockLists lists = BlockLists.load(folder, Set.of("c"), Set.of());
    assertTrue(lists.match("http://a.org/").isPresent());
    assertEquals(List.of(folder.resolve("c/expressions")), lists.ignored());
  }

  @Test
  void agreesWithAPlainSearchOverManyEntries() throws IOException {
    var random = new Random(7);
    var domains = new TreeSet<String>();
    while (domains.size() < 20_000) {
      domains.add(name(random, 3) + "." + name(random, 2) + ".org");
    }
    write("c/domains", String.join("\n", domains));
    BlockLists lists = BlockLists.load(folder, Set.of("c"), Set.of());
    assertEquals(domains.size(), lists.size());
    int matches = 0;
    for (int i = 0; i < 20_000; i++) {
      String parent = name(random, 3) + "." + name(random, 2) + ".org";
      String url = "http://" + (i % 2 == 0 ? "" : name(random, 2) + ".") + parent + "/x";
      boolean expected = domains.contains(parent);
      matches += expected ? 1 : 0;
      assertEquals(expected, lists.match(url).isPresent(), url);
    }
    assertTrue(matches > 10, "the test needs hits: matches=" + matches);
  }

  @Test
  void anyBytesAreReadWithoutCrash() throws IOException {
    var random = new Random(11);
    var alphabet = "ab.:/[]@%?#\\ \u0000\u00e9\u4e2d-_1&;=";
    for (int i = 0; i < 20_000; i++) {
      var url = new StringBuilder(i % 2 == 0 ? "http://" : "");
      for (int j = random.nextInt(40); j > 0; j--) {
        url.append(alphabet.charAt(random.nextInt(alphabet.length())));
      }
      // The canonical form of a canonical form is itself.
      CanonicalUrl.of(url.toString())
          .filter(once -> once.host().indexOf(':') < 0)
          .ifPresent(
              once ->
                  assertEquals(
                      Optional.of(once), CanonicalUrl.of("//" + once.host() + once.path())));
    }
  }

  private static String name(Random random, int letters) {
    var name = new StringBuilder();
    for (int i = 0; i < letters; i++) {
      name.append((char) ('a' + random.nextInt(16)));
    }
    return name.toString();
  }

  private String refusal(Set<String> categories, Set<String> white) {
    return assertThrows(
            IllegalArgumentException.class, () -> BlockLists.load(folder, categories, white))
        .getMessage();
  }

  private void write(String name, String content) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, content);
  }
}
