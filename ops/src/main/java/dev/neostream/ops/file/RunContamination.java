package dev.neostream.ops.file;

import dev.neostream.clean.CleanConfig;
import dev.neostream.clean.Cleaned;
import dev.neostream.clean.Cleaner;
import dev.neostream.dedup.contamination.ContaminationIndex;
import dev.neostream.dedup.contamination.ContaminationMatcher;
import dev.neostream.dedup.contamination.Hit;
import dev.neostream.ingest.file.Item;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Finds benchmark items in what a run has read and kept, whenever it did so: the documents are read
 * and cleaned again, as the run cleaned them. Documents without hits count as kept where cleaning
 * keeps them, without a look at what deduplication did to them.
 */
public final class RunContamination {

  private record Worker(Cleaner cleaner, ContaminationMatcher matcher) {}

  /** A document of the run with what it repeats. */
  private record Document(String id, String url, List<Hit> hits) {}

  private final List<Worker> workers = new ArrayList<>();

  /**
   * @param config how the run cleans
   * @param threads threads that clean and match, at least 1
   */
  public RunContamination(ContaminationIndex index, CleanConfig config, int threads) {
    var cleaner = new Cleaner(config);
    while (workers.size() < threads) {
      workers.add(
          new Worker(
              workers.isEmpty() ? cleaner : cleaner.copy(), new ContaminationMatcher(index)));
    }
  }

  /**
   * Looks at all documents of a run and writes a line for each hit: {id, url, set, item, field,
   * share, ngrams, from, to, evidence, blocks}.
   *
   * @param blocks returns the token blocks, {@code domain/lane/block}, of those of the given
   *     documents that the run has kept
   * @param report where the lines go; empty to write none
   */
  public ContaminationSummary run(
      Documents documents,
      Function<Set<String>, Map<String, List<String>>> blocks,
      Optional<LineFile> report)
      throws IOException {
    var summary = new ContaminationSummary();
    var hit = new ArrayList<Document>();
    RecordThreads.run(
        documents,
        workers,
        (worker, record, entry) -> match(worker, entry),
        document -> {
          if (document.isEmpty() || document.get().hits.isEmpty()) {
            summary.add(document.isPresent(), List.of());
          } else {
            hit.add(document.get());
          }
        });
    Map<String, List<String>> kept =
        blocks.apply(hit.stream().map(Document::id).collect(Collectors.toSet()));
    for (Document document : hit) {
      List<String> places = kept.get(document.id);
      summary.add(places != null, places == null ? List.of() : document.hits);
      if (places != null && report.isPresent()) {
        document.hits.forEach(
            found ->
                report
                    .get()
                    .write(ContaminationLine.reported(document.id, document.url, found, places)));
      }
    }
    report.ifPresent(LineFile::complete);
    return summary;
  }

  private static Optional<Document> match(Worker worker, Documents.Entry entry) {
    return entry.item() instanceof Item.Document
            && worker.cleaner.clean(entry.envelope(worker.cleaner.fields()))
                instanceof Cleaned.Clean clean
        ? Optional.of(
            new Document(
                entry.id(), clean.document().url, worker.matcher.match(clean.document().body)))
        : Optional.empty();
  }
}
