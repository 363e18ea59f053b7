package dev.neostream.ingest.warc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.neostream.ingest.file.Item;
import dev.neostream.ingest.file.Items;
import dev.neostream.ingest.file.Origin;
import dev.neostream.ingest.file.Place;
import dev.neostream.ingest.file.SharedData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Real and deliberately awkward archives; record counts were taken without any WARC library. */
class WarcSamplesTest {

  @ParameterizedTest
  @CsvSource({
    "archive-org-2008/IAH-20080430204825-00000-blackbook.warc.gz, 1, 261, 299, 261, 0, 0, 0",
    "dolma/sample-0000.warc.gz, 1, 22, 22, 1, 2, 0, 0",
    "webarchive-commons/IAH-urls-wget.warc, 1, 16, 16, 0, 3, 0, 0",
    "commoncrawl-whirlwind/whirlwind.warc.gz, 1, 1, 1, 1, 0, 0, 0",
    "commoncrawl-whirlwind/whirlwind.warc.wet.gz, 1, 0, 0, 0, 0, 0, 1",
    "ipwb/froggie.warc.gz, 1, 3, 3, 1, 2, 0, 0",
    "warcio/example.warc.gz, 2, 2, 1, 0, 0, 1, 0",
    "warcio/post-test.warc.gz, 0, 3, 3, 0, 0, 0, 0",
  })
  void shouldAccountForEveryRecordWhenArchiveIsSound(
      String name,
      int warcinfo,
      int request,
      int response,
      int metadata,
      int resource,
      int revisit,
      int conversion)
      throws IOException {
    List<Item> items = read(SharedData.path("warc-samples/" + name));

    assertEquals(warcinfo, count(items, "warcinfo"));
    assertEquals(request, count(items, "request"));
    assertEquals(metadata, count(items, "metadata"));
    assertEquals(revisit, count(items, "revisit"));
    assertEquals(
        warcinfo + request + response + metadata + resource + revisit + conversion, items.size());
    assertEquals(0, Items.reasons(items).stream().filter(WarcSamplesTest::isDamage).count());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "warcio/bad.arc",
        "warcio/example-trunc.warc",
        "ipwb/broken.warc",
        "webarchive-commons/abcd.gz",
        "webarchive-commons/hi-2.gz",
        "webarchive-commons/empty.gz",
        "webarchive-commons/double-single-inflate-error.gz",
      })
  void shouldRejectWithPlaceWhenArchiveIsBroken(String name) throws IOException {
    List<Item> items = read(SharedData.path("warc-samples/" + name));

    assertFalse(
        Items.reasons(items).stream().noneMatch(WarcSamplesTest::isDamage), items.toString());
  }

  @Test
  void shouldReadSameItemsTwiceWhenGivenAnySample() throws IOException {
    try (var files = Files.walk(SharedData.path("warc-samples"))) {
      for (Path path : files.filter(Files::isRegularFile).sorted().toList()) {
        List<Item> items = read(path);

        assertFalse(items.isEmpty(), path.toString());
        assertEquals(
            items.stream().map(Item::url).toList(), read(path).stream().map(Item::url).toList());
      }
    }
  }

  private static boolean isDamage(String reason) {
    return List.of("warc.syntax", "warc.truncated", "warc.compression", "warc.empty", "warc.http")
        .contains(reason);
  }

  private static long count(List<Item> items, String type) {
    return items.stream()
        .filter(Item.Broken.class::isInstance)
        .map(item -> ((Item.Broken) item).rejection())
        .filter(rejection -> rejection.reason().equals("warc.record_type"))
        .filter(rejection -> rejection.value().equals(type))
        .count();
  }

  private static List<Item> read(Path path) throws IOException {
    return Items.all(
        new WarcRecordReader(
            new Origin("samples", path.getFileName().toString()), path, Place.START));
  }
}
