package dev.neostream.ingest;

import dev.neostream.ingest.file.Envelopes;
import dev.neostream.ingest.file.Item;
import dev.neostream.ingest.file.Place;
import dev.neostream.schemas.DocumentId;
import dev.neostream.schemas.Envelope;
import dev.neostream.schemas.EventTime;
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
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What ingest writes for each record it reads, and how far it has come. No clock and no I/O: the
 * same records from the same position give the same output.
 *
 * <pre>
 *   transaction:  documents and rejects ... | marker to every partition | position
 *   last one:     documents and rejects ... | END to every partition    | position, finished
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

  /** Largest document with its names and attributes: three quarters of the largest Kafka record. */
  static final int MAX_DOCUMENT_BYTES = 12 << 20;

  private static final int MAX_TEXT_CHARS = 2_000;

  private final int rawPartitions;
  private final List<String> sources;
  private final long[] taken;
  private final List<Place> places;
  private long nextOrdinal;
  private int turn;
  private long read;
  private long written;
  private long rejected;
  private long bytes;
  private boolean finished;
  private boolean marked = true;

  /**
   * @param from position to go on from, see {@link #resume}
   * @param rawPartitions partitions of raw.documents
   */
  public IngestPlan(IngestPosition from, int rawPartitions) {
    if (rawPartitions < 1) {
      throw new IllegalArgumentException("rawPartitions must be >= 1: n=" + rawPartitions);
    }
    this.rawPartitions = rawPartitions;
    this.sources = List.copyOf(from.getSources());
    this.places = new ArrayList<>(places(from));
    this.taken = from.getTaken().stream().mapToLong(Long::longValue).toArray();
    this.nextOrdinal = from.getNextOrdinal();
    this.turn = from.getTurn();
    this.read = from.getRead();
    this.written = from.getWritten();
    this.rejected = from.getRejected();
    this.bytes = from.getBytes();
    this.finished = from.getFinished();
  }

  /**
   * Returns the position from which a run goes on: the last one, or the start. Inputs added behind
   * those of the last position are read from their start, in the next era if the last one has
   * ended.
   *
   * @param last position of the last committed transaction
   * @param sources sources of the inputs now
   * @throws IllegalArgumentException if the list of before is not a beginning of the list now
   */
  public static IngestPosition resume(Optional<IngestPosition> last, List<String> sources) {
    if (last.isEmpty()) {
      return new IngestPosition(
          sources,
          0L,
          0,
          new ArrayList<>(Collections.nCopies(sources.size(), 0L)),
          0L,
          0L,
          0L,
          0L,
          false,
          new ArrayList<>(Collections.nCopies(sources.size(), avro(Place.START))));
    }
    IngestPosition position = last.get();
    var before = position.getSources();
    if (before.size() > sources.size() || !sources.subList(0, before.size()).equals(before)) {
      throw new IllegalArgumentException(
          "inputs may be added to the end of a run's list, not changed: before="
              + before
              + ", now="
              + sources
              + "; give the earlier inputs first, then the new ones");
    }
    boolean added = before.size() < sources.size();
    var taken = new ArrayList<>(position.getTaken());
    var places = new ArrayList<>(position.getPlaces());
    while (taken.size() < sources.size()) {
      taken.add(0L);
    }
    while (places.size() < sources.size()) { // none at all in a position of an earlier version
      places.add(avro(Place.START));
    }
    return new IngestPosition(
        sources,
        position.getNextOrdinal(),
        position.getTurn(),
        taken,
        position.getRead(),
        position.getWritten(),
        position.getRejected(),
        position.getBytes(),
        position.getFinished() && !added,
        places);
  }

  /** Returns where reading of each input goes on. */
  public static List<Place> places(IngestPosition position) {
    return position.getPlaces().stream()
        .map(
            p ->
                new Place(
                    p.getFile(), p.getOffset(), p.getDepth(), p.getNumber(), p.getRereadable()))
        .toList();
  }

  private static IngestPlace avro(Place place) {
    return new IngestPlace(
        place.file(), place.offset(), place.depth(), place.number(), place.rereadable());
  }

  /** Returns what to write for a record and counts it. */
  public Outgoing take(RoundRobin.Turn record) {
    taken[record.input()] = record.record() + 1;
    places.set(record.input(), record.behind());
    turn = (record.input() + 1) % taken.length;
    read++;
    Item item = record.item();
    String id = DocumentId.of(item.source(), item.url(), record.record());
    if (item instanceof Item.Document document) {
      long size = size(document);
      if (size <= MAX_DOCUMENT_BYTES) {
        written++;
        bytes += document.payload().length;
        marked = false;
        return raw(id, nextOrdinal++, document);
      }
      return reject(
          id,
          document,
          new Rejection("payload.too_large", size + " bytes", "at most " + MAX_DOCUMENT_BYTES));
    }
    return reject(id, item, ((Item.Broken) item).rejection());
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

  /** Returns how far ingest has come with the records taken so far. */
  public IngestPosition position() {
    var counts = new ArrayList<Long>();
    for (long count : taken) {
      counts.add(count);
    }
    return new IngestPosition(
        sources,
        nextOrdinal,
        turn,
        counts,
        read,
        written,
        rejected,
        bytes,
        finished,
        places.stream().map(IngestPlan::avro).toList());
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

  private Rejected reject(String id, Item item, Rejection rejection) {
    Envelope origin = Envelopes.origin(id, item);
    origin.url = cut(origin.url);
    rejected++;
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
