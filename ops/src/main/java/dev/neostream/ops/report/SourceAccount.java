package dev.neostream.ops.report;

import crawlercommons.domains.EffectiveTldFinder;
import dev.neostream.ingest.file.Envelopes;
import dev.neostream.schemas.Attributes;
import dev.neostream.schemas.Envelope;
import dev.neostream.schemas.Stage;
import dev.neostream.schemas.avro.DuplicateMark;
import dev.neostream.schemas.avro.RawDocument;
import dev.neostream.schemas.avro.RejectedDocument;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Where a run's documents came from and what became of them: by source, by web domain, by licence
 * and by media type. Not thread-safe.
 */
public final class SourceAccount {

  /** Name of the group of documents whose records state no licence. */
  public static final String NOT_STATED = "not stated";

  /**
   * What came of one origin.
   *
   * @param unreadable records that were no documents
   * @param documents read
   * @param bytes of the documents as they were read
   * @param rejected documents that a rule rejected
   * @param duplicates documents that another one stands for
   */
  public record Totals(
      long unreadable, long documents, long bytes, long rejected, long duplicates) {

    static final Totals NONE = new Totals(0, 0, 0, 0, 0);

    Totals plus(Totals other) {
      return new Totals(
          unreadable + other.unreadable,
          documents + other.documents,
          bytes + other.bytes,
          rejected + other.rejected,
          duplicates + other.duplicates);
    }

    /** Returns the documents that are trained on, or wait for a decision. */
    public long kept() {
      return documents - rejected - duplicates;
    }
  }

  /** The totals of one origin. */
  public record Row(String name, Totals totals) {}

  private static final Totals UNREADABLE = new Totals(1, 0, 0, 0, 0);
  private static final Totals REJECTED = new Totals(0, 0, 0, 1, 0);
  private static final Totals DUPLICATE = new Totals(0, 0, 0, 0, 1);

  private final Map<String, Totals> sources = new TreeMap<>();
  private final Map<String, Totals> webDomains = new HashMap<>();
  private final Map<String, Totals> licences = new TreeMap<>();
  private final Map<String, Totals> mediaTypes = new TreeMap<>();
  private long firstCrawledAt;
  private long lastCrawledAt;

  /** Counts a document that was read. */
  public void read(RawDocument raw) {
    Envelope document = Envelopes.of(raw);
    var one = new Totals(0, 1, document.body.length, 0, 0);
    add(document.source, document.url, one);
    licences.merge(
        document.attributes.getOrDefault(Attributes.LICENCE, NOT_STATED), one, Totals::plus);
    mediaTypes.merge(document.mediaType, one, Totals::plus);
    if (document.crawledAt > 0) {
      firstCrawledAt =
          firstCrawledAt == 0 ? document.crawledAt : Math.min(firstCrawledAt, document.crawledAt);
      lastCrawledAt = Math.max(lastCrawledAt, document.crawledAt);
    }
  }

  /** Counts what ingest or a rule rejected. */
  public void rejected(RejectedDocument reject) {
    add(
        reject.getSource(),
        reject.getUrl(),
        Stage.of(reject) == Stage.INGEST ? UNREADABLE : REJECTED);
  }

  /** Counts a duplicate. */
  public void duplicate(DuplicateMark mark) {
    add(mark.getSource(), mark.getUrl(), DUPLICATE);
  }

  private void add(String source, String url, Totals one) {
    sources.merge(source, one, Totals::plus);
    String domain = webDomain(url);
    if (!domain.isEmpty()) {
      webDomains.merge(domain, one, Totals::plus);
    }
  }

  /** Returns the part of a host's name that was registered, empty if a URL is not the web's. */
  static String webDomain(String url) {
    if (!url.startsWith("http://") && !url.startsWith("https://")) {
      return "";
    }
    int start = url.indexOf("://") + 3;
    int end = start;
    while (end < url.length() && "/?#".indexOf(url.charAt(end)) < 0) {
      end++;
    }
    try {
      String host = new URI("http", url.substring(start, end), "/", null, null).getHost();
      if (host == null) {
        return "";
      }
      String registered = EffectiveTldFinder.getAssignedDomain(host, true);
      return registered == null ? host : registered;
    } catch (URISyntaxException noHost) {
      return "";
    }
  }

  /** Returns all sources, by name. */
  public List<Row> sources() {
    return rows(sources);
  }

  /** Returns all stated licences, by name, and {@value #NOT_STATED}. */
  public List<Row> licences() {
    return rows(licences);
  }

  /** Returns all media types, by name. */
  public List<Row> mediaTypes() {
    return rows(mediaTypes);
  }

  /** Returns the web domains, those with the most bytes first. */
  public List<Row> webDomains() {
    return webDomains.entrySet().stream()
        .map(domain -> new Row(domain.getKey(), domain.getValue()))
        .sorted(Comparator.<Row>comparingLong(row -> -row.totals.bytes).thenComparing(Row::name))
        .toList();
  }

  private static List<Row> rows(Map<String, Totals> totals) {
    return totals.entrySet().stream().map(e -> new Row(e.getKey(), e.getValue())).toList();
  }

  /** Returns the totals of all sources. */
  public Totals all() {
    return sources.values().stream().reduce(Totals.NONE, Totals::plus);
  }

  /** Returns when the earliest dated document was fetched, milliseconds; 0 if none is dated. */
  public long firstCrawledAt() {
    return firstCrawledAt;
  }

  /** Returns when the latest was. */
  public long lastCrawledAt() {
    return lastCrawledAt;
  }
}
