package dev.neostream.ops.file;

import dev.neostream.dedup.contamination.ContaminationIndex;
import dev.neostream.dedup.contamination.ContaminationMatcher;
import dev.neostream.dedup.contamination.Hit;
import dev.neostream.ingest.file.Item;
import dev.neostream.schemas.Rejection;
import dev.neostream.schemas.Stage;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Finds benchmark items in documents, from files to files.
 *
 * <pre>
 *   kept      {id, url, text, domain} and every other field of the input; where documents are
 *             flagged rather than removed, contamination: [{set, item, field, share, ngrams, from,
 *             to, evidence}]
 *   rejected  {id, url, source, file, offset, stage, reason, value, threshold, language, domain,
 *             contamination}
 *   hits      {id, url, set, item, field, share, ngrams, from, to, evidence}, one line each
 * </pre>
 *
 * <p>{@code from} and {@code to} are bytes of the text in UTF-8. One thread reads and writes, the
 * others match; lines come out in the order of the input whatever the number of threads.
 */
public final class FileDecontaminator {

  private record Worker(DocumentText text, ContaminationMatcher matcher) {}

  private record Outcome(boolean isKept, List<Hit> hits, byte[] line, List<byte[]> hitLines) {}

  /** Where lines go; empty to write none. */
  public record Outputs(
      Optional<LineFile> kept, Optional<LineFile> rejects, Optional<LineFile> hits) {}

  private final List<Worker> workers;
  private final boolean flag;

  /**
   * @param threads threads that match, at least 1
   * @param flag whether documents with hits are kept and say so, rather than rejected
   */
  public FileDecontaminator(ContaminationIndex index, int threads, boolean flag) {
    this.flag = flag;
    workers =
        Stream.generate(() -> new Worker(new DocumentText(), new ContaminationMatcher(index)))
            .limit(threads)
            .toList();
  }

  /** Decides on all documents. */
  public ContaminationSummary run(Documents documents, Outputs outputs) throws IOException {
    var summary = new ContaminationSummary();
    RecordThreads.run(
        documents,
        workers,
        (worker, record, entry) -> decide(worker, entry),
        outcome -> {
          summary.add(outcome.isKept, outcome.hits);
          (outcome.isKept ? outputs.kept : outputs.rejects)
              .ifPresent(file -> file.write(outcome.line));
          outputs.hits.ifPresent(file -> outcome.hitLines.forEach(file::write));
        });
    outputs.kept.ifPresent(LineFile::complete);
    outputs.rejects.ifPresent(LineFile::complete);
    outputs.hits.ifPresent(LineFile::complete);
    return summary;
  }

  private Outcome decide(Worker worker, Documents.Entry entry) {
    if (entry.item() instanceof Item.Broken broken) {
      return withoutText(entry, Stage.INGEST, broken.rejection());
    }
    var document = (Item.Document) entry.item();
    DocumentText.Text text = worker.text.of(document);
    if (text.rejection() != null) {
      return withoutText(entry, Stage.CLEAN, text.rejection());
    }
    List<Hit> hits = worker.matcher.match(text.written());
    boolean isKept = hits.isEmpty() || flag;
    byte[] line =
        isKept
            ? ContaminationLine.kept(entry, document, text.written(), hits)
            : ContaminationLine.rejected(entry, Hit.rejection(hits), hits);
    return new Outcome(
        isKept,
        hits,
        line,
        hits.stream().map(hit -> ContaminationLine.hit(entry, document, hit)).toList());
  }

  private static Outcome withoutText(Documents.Entry entry, Stage stage, Rejection rejection) {
    return new Outcome(
        false, List.of(), JsonLine.rejected(entry, stage, rejection, "", ""), List.of());
  }
}
