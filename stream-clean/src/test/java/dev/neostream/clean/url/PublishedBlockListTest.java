package dev.neostream.clean.url;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PublishedBlockListTest {

  @TempDir Path folder;

  private PublishedBlockList list;

  @BeforeEach
  void load() throws IOException {
    write("adult/urls", "host.org/path\nhost.org/path/below\nhttp://s.org/a\nhttps://t.org/a\n");
    write("adult/domains", "domain.org\n");
    write("adult/expressions", "expression\n");
    write("liste_blanche/urls", "white.org/page\n");
    write("ads/urls", "Upper.org/X\n# comment\n\nbare\nhttp://https://u.org/a\n");
    write("urls", "notacategory.org/\n");
    list = PublishedBlockList.load(folder);
  }

  @Test
  void anyPrefixOfCharactersBlocks() {
    assertBlocks("host.org/path", "http://host.org/path");
    assertBlocks("host.org/path", "https://host.org/path/below/x");
    assertBlocks("host.org/path", "host.org/pathology");
    assertBlocks("bare", "http://barely.org/");
    assertPasses("http://host.org/pat");
  }

  @Test
  void whiteListsBlockToo() {
    assertBlocks("white.org/page", "http://white.org/page2");
  }

  @Test
  void domainsAndExpressionsAreNotRead() {
    assertPasses("http://domain.org/");
    assertPasses("http://expression/");
    assertPasses("http://notacategory.org/");
  }

  @Test
  void oneSchemeInLowerCaseIsTakenOff() {
    assertBlocks("s.org/a", "https://s.org/a");
    assertBlocks("t.org/a", " http://t.org/a\n");
    assertBlocks("https://u.org/a", "http://https://u.org/a");
    assertPasses("https://u.org/a");
    assertPasses("HTTP://s.org/a");
  }

  @Test
  void nothingElseIsMadeEqual() {
    assertPasses("http://www.host.org/path");
    assertPasses("http://host.org:80/path");
    assertPasses("http://host.org/p%61th");
    assertBlocks("Upper.org/X", "http://Upper.org/X1");
    assertPasses("http://upper.org/x");
  }

  @Test
  void commentsAreEntriesAndABlankLineBlocksOnlyTheEmptyUrl() {
    assertBlocks("# comment", "# comment and more");
    assertBlocks("", "http://");
    assertPasses("http://x");
  }

  private void assertBlocks(String entry, String url) {
    assertEquals(Optional.of(entry), list.match(url), url);
  }

  private void assertPasses(String url) {
    assertEquals(Optional.empty(), list.match(url), url);
  }

  private void write(String name, String content) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, content);
  }
}
