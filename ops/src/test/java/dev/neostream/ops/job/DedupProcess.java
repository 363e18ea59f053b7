package dev.neostream.ops.job;

import dev.neostream.dedup.DedupConfig;
import dev.neostream.dedup.DedupStage;
import dev.neostream.dedup.job.DedupScope;
import dev.neostream.ops.embedded.EmbeddedBroker;
import dev.neostream.ops.embedded.EmbeddedFlink;
import dev.neostream.ops.job.DedupRun.Document;
import dev.neostream.schemas.DocumentId;
import dev.neostream.schemas.EventTime;
import dev.neostream.schemas.avro.CleanDocument;
import dev.neostream.schemas.avro.DuplicateMark;
import dev.neostream.schemas.avro.RawDocument;
import dev.neostream.schemas.avro.RawKind;
import dev.neostream.schemas.avro.RejectedDocument;
import dev.neostream.schemas.avro.StageCounts;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;

/**
 * Deduplication of a made-up corpus in a process that can be killed: {@code FOLDER SIZE} feeds and
 * deduplicates it from where the last process stopped, and writes {@link #OUTCOME} at the end.
 */
final class DedupProcess {

  static final String NAME = "kill";

  /** One line for each document that came out, sorted, and one for each survivor with copies. */
  static final String OUTCOME = "outcome.txt";

  /** Starts the line that tells how many documents were out when a process began to run. */
  static final String OUT_BEFORE = "out before: ";

  private static final int PARALLELISM = 2;
  private static final long SEED = 5;

  /** Documents fed ahead of what is counted: little enough for many checkpoints on the way. */
  private static final int AHEAD = 2 * EventTime.WINDOW;

  private static final Document NONE = new Document("", 0, "");

  private DedupProcess() {}

  public static void main(String[] args) throws Exception {
    Path folder = Path.of(args[0]);
    List<Document> documents = corpus(Integer.parseInt(args[1]));
    EmbeddedBroker broker = EmbeddedBroker.start(folder.resolve("kafka"));
    // Small generations and one window on hold: sealed filters, late copies and retractions.
    var run =
        new DedupRun(broker, NAME, config(), new DedupScope(EventTime.WINDOW, 1, 0, 400), folder);
    System.out.println(OUT_BEFORE + lines(run).size());
    EmbeddedFlink flink = run.start(PARALLELISM);
    var feed = new Feed(run, documents);
    run.await(
        flink,
        page -> {
          long read = run.assertNothingLost(page);
          feed.upTo(read + AHEAD);
          return read == documents.size() && DedupRun.sum(page, StageCounts::getHeld) == 0;
        });
    run.stop(flink);
    List<String> lines = lines(run);
    run.outcome().copies().forEach((id, copies) -> lines.add("copies " + id + " " + copies));
    lines.sort(null);
    Files.write(folder.resolve(OUTCOME), lines);
    broker.close();
  }

  /** Every stage. */
  private static DedupConfig config() {
    DedupConfig standard = DedupConfig.recommended();
    return new DedupConfig(
        List.of(DedupStage.values()),
        standard.priority(),
        standard.shingles(),
        standard.bands(),
        standard.threshold(),
        standard.sightings(),
        standard.passagesByHost(),
        standard.window(),
        standard.minCharacters());
  }

  /**
   * Writes what no earlier process has written. Markers are written again, for a source that
   * resumes behind the last of its partition knows no event time.
   */
  private static final class Feed {

    private final DedupRun run;
    private final List<Document> documents;
    private final Set<Long> written = new HashSet<>();
    private int fed;

    Feed(DedupRun run, List<Document> documents) {
      this.run = run;
      this.documents = documents;
      String topic = run.connection().topics().rawDocuments();
      run.all(topic, RawDocument.class)
          .forEach(
              raw -> {
                if (raw.getKind() == RawKind.DOCUMENT) {
                  written.add(raw.getOrdinal());
                }
              });
    }

    void upTo(long end) {
      var raws = new ArrayList<RawDocument>();
      while (fed < documents.size() && fed < end) {
        if (!written.contains((long) fed)) {
          raws.add(DedupRun.raw(RawKind.DOCUMENT, fed, documents.get(fed)));
        }
        fed++;
        if (fed % EventTime.WINDOW == 0) {
          raws.add(DedupRun.raw(RawKind.MARKER, fed - 1, NONE));
        }
        if (fed == documents.size()) {
          raws.add(DedupRun.raw(RawKind.END, EventTime.eraEnd(0), NONE));
        }
      }
      if (!raws.isEmpty()) {
        run.send(raws);
      }
    }
  }

  /** Returns a line for each document that is out. */
  private static List<String> lines(DedupRun run) {
    var topics = run.connection().topics();
    var lines = new ArrayList<String>();
    for (CleanDocument unique : run.all(topics.uniqueDocuments(), CleanDocument.class)) {
      lines.add("unique " + unique.getId() + " " + DocumentId.of("text", unique.getText(), 0));
    }
    for (RejectedDocument reject : run.all(topics.rejectedDocuments(), RejectedDocument.class)) {
      lines.add("rejected " + reject.getId() + " " + reject.getReason());
    }
    for (DuplicateMark mark : run.all(topics.duplicatesDocuments(), DuplicateMark.class)) {
      lines.add(
          "duplicate %s %s %s %s late=%s retracted=%s"
              .formatted(
                  mark.getId(),
                  mark.getCanonical(),
                  mark.getRule(),
                  mark.getSimilarity(),
                  mark.getLate(),
                  mark.getRetracted()));
    }
    return lines;
  }

  /**
   * New texts, exact copies, near copies and equal URLs near and far, paragraphs and quotations
   * that come again, documents of nothing but those, documents too short for shingles.
   */
  static List<Document> corpus(int size) {
    var random = new Random(SEED);
    var planted = new ArrayList<String>();
    for (int i = 0; i < size / 20; i++) {
      planted.add(paragraph(random));
    }
    var documents = new ArrayList<Document>();
    for (int i = 0; i < size; i++) {
      String quoted = planted.get(random.nextInt(planted.size()));
      // Half of the copies are near enough to be decided together with what they copy.
      int reach = random.nextBoolean() ? 200 : size;
      String earlier =
          i == 0 ? quoted : documents.get(i - 1 - random.nextInt(Math.min(i, reach))).text();
      String text =
          switch (random.nextInt(20)) {
            case 0, 1, 2, 3, 4, 5 -> earlier;
            case 6, 7, 8 -> edited(earlier, random);
            case 9 -> quoted + "\n" + planted.get(random.nextInt(planted.size())) + "\n";
            case 10 -> "short " + random.nextInt(size / 10);
            case 11, 12 -> paragraph(random) + "\n" + quoted + "\n" + paragraph(random) + "\n";
            case 13 -> "a " + quoted + " b\n" + paragraph(random) + "\n";
            default -> paragraph(random) + "\n" + paragraph(random) + "\n";
          };
      String url =
          random.nextInt(10) == 0 ? "https://example.org/" + random.nextInt(size / 10) : "";
      documents.add(
          new Document(
              DocumentId.of("test", "document", i), url, 1_000 + random.nextInt(size), text));
    }
    return documents;
  }

  private static String paragraph(Random random) {
    var words = new ArrayList<String>();
    for (int i = 0; i < 40; i++) {
      words.add("w" + Integer.toString(random.nextInt(1 << 20), 36));
    }
    return String.join(" ", words);
  }

  private static String edited(String text, Random random) {
    String[] words = text.split(" ");
    words[random.nextInt(words.length)] = "e" + random.nextInt(1 << 20);
    return String.join(" ", words);
  }
}
