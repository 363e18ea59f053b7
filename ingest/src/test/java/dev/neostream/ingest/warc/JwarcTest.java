package dev.neostream.ingest.warc;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.neostream.ingest.file.Item;
import dev.neostream.ingest.file.Items;
import dev.neostream.ingest.file.Origin;
import dev.neostream.ingest.file.Place;
import dev.neostream.ingest.file.SharedData;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.netpreserve.jwarc.WarcReader;
import org.netpreserve.jwarc.WarcRecord;
import org.netpreserve.jwarc.WarcResponse;

/** Documents are those that jwarc, an independent reader, finds in sound archives. */
class JwarcTest {

  private static final List<String> TEXT =
      List.of("text/html", "application/xhtml+xml", "text/plain", "text/markdown");

  @ParameterizedTest
  @ValueSource(
      strings = {
        "archive-org-2008/IAH-20080430204825-00000-blackbook.warc.gz",
        "dolma/sample-0000.warc.gz",
        "webarchive-commons/IAH-urls-wget.warc",
        "commoncrawl-whirlwind/whirlwind.warc.gz",
        "ipwb/baconIpsum_chunked.warc",
        "ipwb/salam-home.warc",
        "warcio/example.arc.gz",
        "warcio/example.warc.gz",
        "warcio/example-iana.org-chunked.warc",
      })
  void shouldFindTheSamePagesWhenArchiveIsSound(String name) throws IOException {
    Path path = SharedData.path("warc-samples/" + name);
    var expected = new ArrayList<String>();
    try (var reader = new WarcReader(path)) {
      for (WarcRecord record : reader) {
        if (record instanceof WarcResponse response
            && response.contentType().base().toString().equals("application/http")
            && response.http().status() == 200
            && TEXT.contains(response.http().contentType().base().toString().toLowerCase())) {
          byte[] body = response.http().bodyDecoded().stream().readAllBytes();
          expected.add(response.target() + " " + Arrays.hashCode(body));
        }
      }
    }

    List<String> pages =
        Items.documents(Items.all(new WarcRecordReader(new Origin("in", name), path, Place.START)))
            .stream()
            .filter(document -> isResponse(document, expected))
            .map(document -> document.url() + " " + Arrays.hashCode(document.payload()))
            .toList();

    assertEquals(expected, pages);
  }

  /** Leaves out resources, which jwarc was not asked for. */
  private static boolean isResponse(Item.Document document, List<String> expected) {
    return expected.stream().anyMatch(page -> page.startsWith(document.url() + " "));
  }
}
