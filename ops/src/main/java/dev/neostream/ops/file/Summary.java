package dev.neostream.ops.file;

import dev.neostream.clean.Cleaned;
import dev.neostream.ingest.file.Item;
import dev.neostream.ops.account.Funnel;
import dev.neostream.schemas.Rejection;
import dev.neostream.schemas.Stage;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** What became of the records of a file-mode command. */
public final class Summary {

  private static final int EXAMPLES = 3;

  /** Records of one file: read = kept + rejected. */
  public record Counts(long read, long kept, long rejected) {

    Counts plus(boolean isKept) {
      return new Counts(read + 1, kept + (isKept ? 1 : 0), rejected + (isKept ? 0 : 1));
    }
  }

  /**
   * Documents about which the shadow profile decides otherwise, for the same reason.
   *
   * @param reason the rule that rejects: the deciding profile's for a document that the shadow
   *     keeps, the shadow's for one that it rejects
   * @param keptByShadow which of the two it is
   * @param examples urls of the first few, with the value
   */
  public record Difference(
      String reason, boolean keptByShadow, String language, long documents, List<String> examples) {

    Difference plus(String example) {
      var more = new ArrayList<>(examples);
      if (more.size() < EXAMPLES) {
        more.add(example);
      }
      return new Difference(reason, keptByShadow, language, documents + 1, List.copyOf(more));
    }
  }

  private final Map<String, Counts> files = new LinkedHashMap<>();
  private final Map<String, Difference> differences = new TreeMap<>();
  private final Funnel funnel = new Funnel();
  private Counts all = new Counts(0, 0, 0);
  private Cleaned.Masks masks = new Cleaned.Masks(0, 0, 0);

  void add(Item item, Optional<Rejection> rejection, Optional<Cleaned> cleaned) {
    String language = cleaned.map(Cleaned::language).orElse("");
    String domain = cleaned.map(Cleaned::domain).orElse("");
    String file = name(item);
    Counts before = files.getOrDefault(file, new Counts(0, 0, 0));
    files.put(file, before.plus(rejection.isEmpty()));
    all = all.plus(rejection.isEmpty());
    if (rejection.isPresent()) {
      funnel.reject(
          cleaned.isPresent() ? Stage.CLEAN : Stage.INGEST,
          rejection.get().reason(),
          language,
          domain);
    } else {
      funnel.keep(language, domain);
    }
    if (cleaned.isPresent() && cleaned.get() instanceof Cleaned.Clean clean) {
      Cleaned.Masks more = clean.masks();
      masks =
          new Cleaned.Masks(
              masks.emails() + more.emails(),
              masks.addresses() + more.addresses(),
              masks.phones() + more.phones());
    }
    cleaned
        .flatMap(Cleaned::shadow)
        .ifPresent(shadow -> compare(item, language, rejection, shadow));
  }

  /** A file given twice has a source with a number, which tells the two apart. */
  private static String name(Item item) {
    return item.source().equals(item.file()) || item.source().startsWith(item.file() + "#")
        ? item.source()
        : item.source() + "/" + item.file();
  }

  /** Says that a file is read, so that one without records is accounted for too. */
  void open(String file) {
    files.putIfAbsent(file, new Counts(0, 0, 0));
  }

  private void compare(
      Item item, String language, Optional<Rejection> decided, Cleaned.Shadow shadow) {
    if (decided.isPresent() == shadow.rejection().isPresent()) {
      return;
    }
    Rejection rejects = decided.or(shadow::rejection).orElseThrow();
    boolean keptByShadow = decided.isPresent();
    differences.merge(
        keptByShadow + " " + rejects.reason() + " " + language,
        new Difference(rejects.reason(), keptByShadow, language, 0, List.of())
            .plus(example(item, rejects)),
        (old, fresh) -> old.plus(example(item, rejects)));
  }

  private static String example(Item item, Rejection rejects) {
    return item.url() + " (" + rejects.value() + ", must be " + rejects.threshold() + ")";
  }

  public Counts all() {
    return all;
  }

  /** Returns how much personal data was masked. */
  public Cleaned.Masks masks() {
    return masks;
  }

  /** Returns the records of each file, in the order of reading. */
  public Map<String, Counts> files() {
    return files;
  }

  public Funnel funnel() {
    return funnel;
  }

  /** Returns what the shadow profile would change. */
  public List<Difference> differences() {
    return List.copyOf(differences.values());
  }
}
