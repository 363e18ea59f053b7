package dev.neostream.ingest;

import dev.neostream.ingest.file.Envelopes;
import dev.neostream.ingest.file.FileIdentity;
import dev.neostream.ingest.file.Item;
import dev.neostream.ingest.file.Place;
import dev.neostream.schemas.DocumentId;
import dev.neostream.schemas.Envelope;
import dev.neostream.schemas.EventTime;
import dev.neostream.schemas.Readmission;
import dev.neostream.schemas.Reject;
import dev.neostream.schemas.Rejection;
import dev.neostream.schemas.Stage;
import dev.neostream.schemas.avro.IngestPlace;
import dev.neostream.schemas.avro.IngestPosition;
import dev.neostream.schemas.avro.RawDocument;
import dev.neostream.schemas.avro.RawKind;
import dev.neostream.schemas.avro.RejectedDocument;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongUnaryOperator;

/**
 * What ingest writes for each record it reads, and how far it has come. No clock and no I/O: the
 * same records from the same position give the same output.
 *
 * <pre>
 *   transaction:  documents and rejects ... | marker to every partition | position
 *   last one:     documents and rejects ... | END to every partition    | position, finished
 *   idle:         marker behind the open window to every partition      | position
 * </pre>
 *
 * <p>Ordinals are given to documents only, without gaps inside an era. The number of a record in
 * its input enters its id, and sources differ, so no two records of a run share an id.
 */
public final class IngestPlan {

  /** A record to write. */
  public sealed interface Outgoing {}

  /** For a partition of raw.documents. */
  public record Raw(int partition, RawDocument value) implements Outgoing {}

  /** For rejected.documents. */
  public record Rejected(RejectedDocument value) implements Outgoing {}

  /**
   * An input that has been read to its end.
   *
   * @param problem why its rest is not read; empty if all of it was
   */
  public record Finished(String source, long read, long rejected, String problem) {}

  /** An input that is being read. */
  private static final class Open {
    final String source;
    long taken;
    long rejected;
    Place place;

    Open(String source, long taken, long rejected, Place place) {
      this.source = source;
      this.taken = taken;
      this.rejected = rejected;
      this.place = place;
    }
  }

  /** Largest document with its names and attributes: three quarters of the largest Kafka record. */
  static final int MAX_DOCUMENT_BYTES = 12 << 20;

  private static final int MAX_TEXT_CHARS = 2_000;

  private final int rawPartitions;
  private final List<Open> open = new ArrayList<>();
  private long nextOrdinal;
  private int turn;
  private long read;
  private long written;
  private long rejected;
  private long bytes;
  private boolean finished;
  private boolean marked = true;
  private long sealed;

  /**
   * @param from position to go on from, see {@link #resume}
   * @param rawPartitions partitions of raw.documents
   */
  public IngestPlan(IngestPosition from, int rawPartitions) {
    if (rawPartitions < 1) {
      throw new IllegalArgumentException("rawPartitions must be >= 1: n=" + rawPartitions);
    }
    this.rawPartitions = rawPartitions;
    List<Place> places = places(from);
    for (int i = 0; i < from.getSources().size(); i++) {
      open.add(
          new Open(
              from.getSources().get(i),
              from.getTaken().get(i),
              i < from.getRejects().size() ? from.getRejects().get(i) : 0,
              i < places.size() ? places.get(i) : Place.START));
    }
    this.nextOrdinal = from.getNextOrdinal();
    this.turn = from.getTurn();
    this.read = from.getRead();
    this.written = from.getWritten();
    this.rejected = from.getRejected();
    this.bytes = from.getBytes();
    this.finished = from.getFinished();
  }

  /**
   * Returns the position from which a run goes on: the last one, or the start. Inputs that it does
   * not hold are read from their start, behind the others; in the next era if the last one has
   * ended.
   *
   * @param last position of the last committed transaction
   * @param sources sources of the inputs that are not finished
   * @throws IllegalArgumentException if an input that is being read is not among them
   */
  public static IngestPosition resume(Optional<IngestPosition> last, List<String> sources) {
    IngestPosition from =
        last.orElseGet(
            () ->
                new IngestPosition(
                    List.of(), 0L, 0, List.of(), 0L, 0L, 0L, 0L, false, List.of(), List.of()));
    if (!sources.containsAll(from.getSources())) {
      throw new IllegalArgumentException(
          "an input must be there until it is read to its end: being read="
              + from.getSources()
              + ", given="
              + sources
              + "; give the earlier inputs too");
    }
    var plan = new IngestPlan(from, 1);
    sources.stream().filter(source -> !from.getSources().contains(source)).forEach(plan::add);
    return plan.position();
  }

  /** Returns where reading of each input goes on. */
  public static List<Place> places(IngestPosition position) {
    return position.getPlaces().stream()
        .map(
            p ->
                new Place(
                    p.getFile(),
                    p.getOffset(),
                    p.getDepth(),
                    p.getNumber(),
                    p.getRereadable(),
                    new FileIdentity(p.getFileBytes(), p.getFileDigest()),
                    p.getProblem(),
                    p.getOffsets()))
        .toList();
  }

  private static IngestPlace avro(Place place) {
    return new IngestPlace(
        place.file(),
        place.offset(),
        place.depth(),
        place.number(),
        place.rereadable(),
        place.identity().bytes(),
        place.identity().digest(),
        place.problem(),
        place.offsets());
  }

  /** Takes note of an input to be read behind the others; a finished plan begins its next era. */
  public void add(String source) {
    open.add(new Open(source, 0, 0, Place.START));
    finished = false;
  }

  /**
   * Takes note that an input has been read to its end.
   *
   * @param input its index, see {@link RoundRobin#finished}
   */
  public Finished finish(int input) {
    Open ended = open.remove(input);
    turn = open.isEmpty() ? 0 : input % open.size();
    return new Finished(ended.source, ended.taken, ended.rejected, ended.place.problem());
  }

  /** Returns what to write for a record and counts it. */
  public Outgoing take(RoundRobin.Turn record) {
    Open input = open.get(record.input());
    input.taken = record.record() + 1;
    input.place = record.behind();
    turn = (record.input() + 1) % open.size();
    read++;
    Item item = record.item();
    boolean again = Readmission.isSource(input.source);
    // A document that is read again has the source that it had: the input's tells the two apart.
    String source = again ? input.source : item.source();
    String id = DocumentId.of(source, item.url(), record.record());
    if (item instanceof Item.Document document) {
      if (document.attributes().containsKey(Readmission.ATTRIBUTE) && !again) {
        return reject(
            input,
            id,
            document,
            new Rejection("attribute.reserved", Readmission.ATTRIBUTE, "no field of this name"));
      }
      long size = size(document);
      if (size <= MAX_DOCUMENT_BYTES) {
        written++;
        bytes += document.payload().length;
        marked = false;
        return raw(id, nextOrdinal++, document);
      }
      return reject(
          input,
          id,
          document,
          new Rejection("payload.too_large", size + " bytes", "at most " + MAX_DOCUMENT_BYTES));
    }
    return reject(input, id, item, ((Item.Broken) item).rejection());
  }

  /**
   * Returns what closes a transaction: one record for every partition, or none if there was no
   * document since the last.
   *
   * @param exhausted whether all inputs are finished; the plan is then finished too
   */
  public List<Raw> seal(boolean exhausted) {
    var records = new ArrayList<Raw>();
    if (exhausted) {
      long end = EventTime.eraEnd(nextOrdinal);
      toAll(RawKind.END, end, records);
      nextOrdinal = end + 1;
      finished = true;
    } else if (!marked) {
      toAll(RawKind.MARKER, nextOrdinal - 1, records);
    }
    marked = true;
    return records;
  }

  /**
   * Returns markers that say that no document follows up to an ordinal, so that what waits for
   * later documents is decided; or none if there was no document since the last such call or
   * nothing was written yet.
   *
   * @param until where to an ordinal's window reaches
   */
  public List<Raw> advance(LongUnaryOperator until) {
    var records = new ArrayList<Raw>();
    if (nextOrdinal > sealed && !finished) {
      long end = until.applyAsLong(nextOrdinal - 1);
      toAll(RawKind.MARKER, end, records);
      nextOrdinal = end + 1;
      sealed = nextOrdinal;
      marked = true;
    }
    return records;
  }

  /**
   * Returns markers that repeat how far event time has come, or none before the first document. A
   * reader that is restored behind the last marker of a partition learns the time from them.
   */
  public List<Raw> beat() {
    var records = new ArrayList<Raw>();
    if (nextOrdinal > 0) {
      toAll(RawKind.MARKER, nextOrdinal - 1, records);
    }
    return records;
  }

  /**
   * Whether there is nothing to write before an input is added.
   *
   * @param endless whether no END is to be written
   */
  public boolean isIdle(boolean endless) {
    return finished || endless && open.isEmpty();
  }

  /** Returns how far ingest has come with the records taken so far. */
  public IngestPosition position() {
    return new IngestPosition(
        open.stream().map(input -> input.source).toList(),
        nextOrdinal,
        turn,
        open.stream().map(input -> input.taken).toList(),
        read,
        written,
        rejected,
        bytes,
        finished,
        open.stream().map(input -> avro(input.place)).toList(),
        open.stream().map(input -> input.rejected).toList());
  }

  private void toAll(RawKind kind, long ordinal, List<Raw> out) {
    for (int partition = 0; partition < rawPartitions; partition++) {
      out.add(
          new Raw(
              partition,
              new RawDocument(
                  kind,
                  ordinal,
                  "",
                  "",
                  "",
                  "",
                  0L,
                  "",
                  null,
                  null,
                  0L,
                  Map.of(),
                  ByteBuffer.allocate(0))));
    }
  }

  private Raw raw(String id, long ordinal, Item.Document document) {
    return new Raw(
        // By id, not by ordinal: inputs take turns, and kinds of input would end up side by side.
        (int) Long.remainderUnsigned(DocumentId.bits(id), rawPartitions),
        Envelopes.raw(id, ordinal, document));
  }

  private Rejected reject(Open input, String id, Item item, Rejection rejection) {
    Envelope origin = Envelopes.origin(id, item);
    origin.url = cut(origin.url);
    rejected++;
    input.rejected++;
    var brief = new Rejection(rejection.reason(), cut(rejection.value()), rejection.threshold());
    return new Rejected(Reject.of(Stage.INGEST, origin, brief));
  }

  /** Upper bound of a document's size: a character takes at most three bytes. */
  private static long size(Item.Document document) {
    long chars =
        document.source().length()
            + document.url().length()
            + document.file().length()
            + document.charset().map(String::length).orElse(0)
            + document.domain().map(String::length).orElse(0);
    for (var attribute : document.attributes().entrySet()) {
      chars += 4 + attribute.getKey().length() + attribute.getValue().length();
    }
    return document.payload().length + 3 * chars;
  }

  /** A reject must fit into a record whatever it is that was rejected. */
  private static String cut(String text) {
    return text.length() <= MAX_TEXT_CHARS ? text : text.substring(0, MAX_TEXT_CHARS) + "...";
  }
}
