package dev.neostream.ingest;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.neostream.ingest.file.Item;
import dev.neostream.ingest.file.Items;
import dev.neostream.ingest.file.SharedData;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Hostile and odd files that lie beside the repository; each is skipped where it does not. */
class HostileCasesTest {

  @ParameterizedTest
  @CsvSource({
    "text-gzip-second-member/two-members.txt.gz,       1, ''",
    "warc-http-gzip-empty-members/two-records.warc.gz, 2, ''",
    "warc-http-nested-codings/nested.warc,             1, warc.http",
    "parquet-dictionary-memory/six-columns.parquet,    0, parquet.damaged",
    "parquet-row-bomb/rows.parquet,                    7, parquet.damaged",
    "zip-overlapping-entries/overlap.zip,              0, archive.entry",
    "013-gzip-trailer-missing/input.warc,              2, ''",
    "015-gzip-inside-brotli/input.warc,                2, ''",
    "016-gzip-declared-twice/input.warc,               2, ''",
  })
  void shouldReadWhatIsSoundAndRejectTheRest(String file, int documents, String reason)
      throws IOException {
    List<Item> items = Items.all(new Input("in", SharedData.ofCase(file)).open());

    assertEquals(documents, Items.documents(items).size());
    assertEquals(reason.isEmpty() ? Set.of() : Set.of(reason), new TreeSet<>(Items.reasons(items)));
  }
}
