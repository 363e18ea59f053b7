package dev.neostream.dedup.job;

import dev.neostream.dedup.DedupConfig;
import dev.neostream.dedup.DedupStage;
import dev.neostream.dedup.minhash.Similarity;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.functions.co.KeyedCoProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;

/**
 * Decides the documents that share a band with another: in priority order, a document is a
 * duplicate if and only if a survivor before it is its verified near-duplicate. Only survivors are
 * compared with, so chains of similar documents do not merge.
 *
 * <p>This is one subtask, because a decision rests on the decisions before it; documents that share
 * no band, which are nearly all, never come here. The second input are the verdicts of the stages
 * before: the copy of a document that is dropped here is a copy of what that one duplicates.
 *
 * <p>State: {@code known}, sketches of contested survivors, and of copies while their survivor may
 * still be replaced, {@code buckets}, survivors by band, {@code dropped}, verdicts on documents
 * that others may be copies of, see {@link EraMap}; {@code contested} and {@code before} of windows
 * that are still open, cleared when they are decided; {@code stars}, the copies of each survivor
 * that may still be replaced, cleared when it is handed on; {@code forgotten}, documents of
 * takedowns, cleared when no window is open.
 */
final class DecideFunction extends KeyedCoProcessFunction<Integer, Contested, Verdict, Verdict> {

  static final OutputTag<Copy> COPIES = new OutputTag<>("copies", TypeInformation.of(Copy.class));

  /** Survivors that a band remembers. */
  private static final int BUCKET = 64;

  private final DedupConfig config;
  private final DedupScope scope;
  private transient Comparator<Sketch> order;
  private transient ListState<Contested> contested;
  private transient ListState<Verdict> before;
  private transient EraMap<String, Sketch> known;
  private transient EraMap<Long, Members> buckets;
  private transient EraMap<String, Verdict> dropped;
  private transient MapState<String, List<Verdict>> stars;
  // Stars looked into since the last timer: a text repeated often has one that grows long.
  private transient Map<String, List<Verdict>> open;
  private transient MapState<String, Boolean> forgotten;

  DecideFunction(DedupConfig config, DedupScope scope) {
    this.config = config;
    this.scope = scope;
  }

  @Override
  public void open(OpenContext context) {
    order =
        Comparator.<Sketch>comparingLong(sketch -> scope.windowEnd(sketch.ordinal))
            .thenComparing(Sketch.PRIORITY);
    var runtime = getRuntimeContext();
    contested =
        runtime.getListState(
            new ListStateDescriptor<>("contested", TypeInformation.of(Contested.class)));
    before =
        runtime.getListState(
            new ListStateDescriptor<>("before", TypeInformation.of(Verdict.class)));
    known = map("known", Types.STRING, TypeInformation.of(Sketch.class));
    buckets = map("buckets", Types.LONG, TypeInformation.of(Members.class));
    dropped = map("dropped", Types.STRING, TypeInformation.of(Verdict.class));
    open = new HashMap<>();
    stars =
        runtime.getMapState(
            new MapStateDescriptor<>(
                "stars", Types.STRING, Types.LIST(TypeInformation.of(Verdict.class))));
    forgotten =
        runtime.getMapState(new MapStateDescriptor<>("forgotten", Types.STRING, Types.BOOLEAN));
  }

  private <K, V> EraMap<K, V> map(String name, TypeInformation<K> key, TypeInformation<V> value) {
    return new EraMap<>(getRuntimeContext(), scope.eras(), name, key, value);
  }

  @Override
  public void processElement1(Contested document, Context context, Collector<Verdict> out)
      throws Exception {
    if (document.forget) {
      forget(document.id);
      return;
    }
    contested.add(document);
    context.timerService().registerEventTimeTimer(document.windowEnd);
  }

  /** Buckets keep the id, which means nothing once its sketch is gone. */
  private void forget(String id) throws Exception {
    Optional<Verdict> verdict = dropped.get(id);
    if (verdict.isPresent()) {
      star(verdict.get().canonical).removeIf(copy -> copy.id.equals(id));
    }
    star(id).clear();
    closeStars();
    known.remove(id);
    dropped.remove(id);
    forgotten.put(id, true);
  }

  @Override
  public void processElement2(Verdict verdict, Context context, Collector<Verdict> out)
      throws Exception {
    verdict.windowEnd = context.timestamp();
    before.add(verdict);
    context.timerService().registerEventTimeTimer(verdict.windowEnd);
  }

  @Override
  public void onTimer(long windowEnd, OnTimerContext context, Collector<Verdict> out)
      throws Exception {
    known.advance(windowEnd);
    buckets.advance(windowEnd);
    dropped.advance(windowEnd);
    forgetStars(windowEnd);
    for (Contested document : contenders(windowEnd)) {
      decide(document, known.get(document.id).orElseThrow(), context, out);
    }
    List<Verdict> later = new ArrayList<>();
    List<Verdict> due = new ArrayList<>();
    for (Verdict verdict : before.get()) {
      (verdict.windowEnd <= windowEnd ? due : later).add(verdict);
    }
    before.update(later);
    // Verdicts on texts first: a verdict on a URL may name what they drop.
    due.sort(
        Comparator.<Verdict, String>comparing(verdict -> verdict.rule)
            .thenComparing(verdict -> verdict.id));
    for (Verdict verdict : due) {
      Optional<Verdict> canonical = dropped.get(verdict.canonical);
      if (canonical.isPresent()) {
        passOn(verdict, canonical.get());
      }
      for (Verdict copy : takeStar(verdict.id)) {
        context.output(COPIES, Copy.of(copy, windowEnd, -1));
        passOn(copy, verdict);
        remember(copy, windowEnd, context);
      }
      drop(verdict, windowEnd, context, out);
    }
    closeStars();
  }

  /** Returns the documents to decide, in order, once their sketches are known. */
  private List<Contested> contenders(long windowEnd) throws Exception {
    Map<Sketch, Contested> window = new TreeMap<>(order);
    List<Contested> later = new ArrayList<>();
    List<Contested> due = new ArrayList<>();
    for (Contested document : contested.get()) {
      if (document.windowEnd > windowEnd) {
        later.add(document);
        continue;
      }
      if (document.sketch != null && !forgotten.contains(document.id)) {
        known.put(document.sketch.ordinal, document.id, document.sketch);
      }
      due.add(document);
    }
    contested.update(later);
    if (later.isEmpty()) {
      forgotten.clear();
    }
    for (Contested document : due) {
      // A document without a sketch has been forgotten meanwhile.
      Optional<Sketch> sketch = known.get(document.id);
      if (document.keys.length > 0 && sketch.isPresent()) {
        window.put(sketch.get(), document);
      }
    }
    return List.copyOf(window.values());
  }

  private void decide(
      Contested document, Sketch sketch, OnTimerContext context, Collector<Verdict> out)
      throws Exception {
    Map<Sketch, List<Verdict>> replaced = new TreeMap<>(order);
    for (Sketch candidate : candidates(document)) {
      Optional<Similarity> similarity = similarity(sketch, candidate);
      if (similarity.isEmpty()) {
        continue;
      }
      Optional<List<Verdict>> moved = replace(candidate, sketch, document.windowEnd);
      if (moved.isEmpty()) {
        boolean late = scope.windowEnd(candidate.ordinal) < document.windowEnd;
        drop(verdict(sketch, candidate, similarity.get(), late), document.windowEnd, context, out);
        return;
      }
      replaced.put(candidate, moved.get());
    }
    for (var standing : replaced.entrySet()) {
      retract(standing.getKey(), sketch, standing.getValue(), document.windowEnd, context, out);
    }
    for (long key : document.keys) {
      admit(key, sketch.id, sketch.ordinal);
    }
  }

  private Optional<Similarity> similarity(Sketch a, Sketch b) {
    return Similarity.verify(a.fingerprint, b.fingerprint, config.threshold());
  }

  private static Verdict verdict(
      Sketch sketch, Sketch canonical, Similarity similarity, boolean late) {
    Verdict verdict = Verdict.of(DedupStage.MINHASH, Holder.of(sketch), Holder.of(canonical), late);
    verdict.similarity = similarity.jaccard();
    verdict.exact = similarity.exact();
    return verdict;
  }

  /** Returns the survivors that a document shares a band with, in the order they were decided. */
  private List<Sketch> candidates(Contested document) throws Exception {
    Map<String, Sketch> candidates = new TreeMap<>();
    for (int i = 0; i < document.keys.length; i++) {
      String holder = document.holders[i];
      Optional<Sketch> first = known.get(holder);
      if (first.isPresent() && dropped.get(holder).isEmpty()) {
        admit(document.keys[i], holder, first.get().ordinal);
      }
      for (Members members : buckets.all(document.keys[i])) {
        for (String id : members.ids) {
          if (!candidates.containsKey(id) && dropped.get(id).isEmpty()) {
            known.get(id).ifPresent(sketch -> candidates.put(id, sketch));
          }
        }
      }
    }
    return candidates.values().stream().sorted(order).toList();
  }

  private void admit(long key, String id, long ordinal) throws Exception {
    Members members = buckets.in(ordinal, key).orElseGet(Members::new);
    if (members.ids.length < BUCKET && !Arrays.asList(members.ids).contains(id)) {
      members.ids = Arrays.copyOf(members.ids, members.ids.length + 1);
      members.ids[members.ids.length - 1] = id;
      buckets.put(ordinal, key, members);
    }
  }

  private void drop(Verdict verdict, long windowEnd, OnTimerContext context, Collector<Verdict> out)
      throws Exception {
    remember(verdict, windowEnd, context);
    out.collect(verdict);
  }

  private void remember(Verdict verdict, long windowEnd, OnTimerContext context) throws Exception {
    boolean compared = known.get(verdict.id).isPresent();
    if (compared || config.stages().contains(DedupStage.URL)) {
      dropped.put(verdict.ordinal, verdict.id, verdict);
    }
    if (scope.release(verdict.canonicalOrdinal) >= windowEnd) {
      star(verdict.canonical).add(verdict);
    } else if (compared) {
      known.remove(verdict.ordinal, verdict.id);
    }
    context.output(COPIES, Copy.of(verdict, windowEnd, 1));
  }

  private static void passOn(Verdict verdict, Verdict canonical) {
    verdict.canonical = canonical.canonical;
    verdict.canonicalOrdinal = canonical.canonicalOrdinal;
    verdict.canonicalSource = canonical.canonicalSource;
    verdict.canonicalCrawledAt = canonical.canonicalCrawledAt;
    verdict.late |= canonical.late;
    if (verdict.rule.equals("exact")) {
      // Equal texts have equal shingles.
      verdict.rule = canonical.rule;
      verdict.similarity = canonical.similarity;
      verdict.exact = canonical.exact;
    }
  }

  /**
   * Returns the duplicates that a better copy takes over with the place of a survivor that has not
   * been handed on; empty if it must not, because it is no better, because it comes too late, or
   * because one of the duplicates is none of its own.
   */
  private Optional<List<Verdict>> replace(Sketch standing, Sketch better, long windowEnd)
      throws Exception {
    if (scope.windowEnd(standing.ordinal) == windowEnd
        || scope.release(standing.ordinal) < windowEnd
        || Sketch.PRIORITY.compare(better, standing) >= 0) {
      return Optional.empty();
    }
    List<Verdict> moved = new ArrayList<>();
    for (Verdict copy : star(standing.id)) {
      Optional<Sketch> sketch = known.get(copy.id);
      // A copy without a sketch equals the survivor in text or URL.
      if (sketch.isPresent() && similarity(sketch.get(), better).isEmpty()) {
        return Optional.empty();
      }
      moved.add(copy);
    }
    return Optional.of(moved);
  }

  private void retract(
      Sketch standing,
      Sketch better,
      List<Verdict> copies,
      long windowEnd,
      OnTimerContext context,
      Collector<Verdict> out)
      throws Exception {
    takeStar(standing.id);
    for (Verdict copy : copies) {
      context.output(COPIES, Copy.of(copy, windowEnd, -1));
      Similarity similarity = similarity(known.get(copy.id).orElse(standing), better).orElseThrow();
      passOn(copy, verdict(better, better, similarity, false));
      remember(copy, windowEnd, context);
    }
    drop(
        verdict(standing, better, similarity(standing, better).orElseThrow(), false),
        windowEnd,
        context,
        out);
  }

  private List<Verdict> star(String id) throws Exception {
    List<Verdict> star = open.get(id);
    if (star == null) {
      List<Verdict> stored = stars.get(id);
      star = stored == null ? new ArrayList<>() : new ArrayList<>(stored);
      open.put(id, star);
    }
    return star;
  }

  private List<Verdict> takeStar(String id) throws Exception {
    List<Verdict> star = star(id);
    open.put(id, new ArrayList<>());
    return star;
  }

  private void closeStars() throws Exception {
    for (var star : open.entrySet()) {
      if (star.getValue().isEmpty()) {
        stars.remove(star.getKey());
      } else {
        stars.put(star.getKey(), star.getValue());
      }
    }
    open.clear();
  }

  /** Forgets the copies of what has been handed on. */
  private void forgetStars(long windowEnd) throws Exception {
    var handedOn = new ArrayList<String>();
    for (var star : stars.entries()) {
      if (scope.release(star.getValue().get(0).canonicalOrdinal) < windowEnd) {
        handedOn.add(star.getKey());
        for (Verdict copy : star.getValue()) {
          known.remove(copy.ordinal, copy.id);
        }
      }
    }
    for (String id : handedOn) {
      stars.remove(id);
    }
  }
}
