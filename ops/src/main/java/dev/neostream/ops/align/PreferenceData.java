package dev.neostream.ops.align;

import dev.neostream.ops.UserError;
import dev.neostream.tokens.chat.ChatFile;
import dev.neostream.tokens.chat.ChatTemplate;
import dev.neostream.tokens.chat.PreferencePair;
import dev.neostream.tokens.chat.Refusal;
import dev.neostream.tokens.chat.RefusedConversationException;
import dev.neostream.tokens.chat.RenderedPair;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * The pairs of a preference tuning, from its files. A pair is held out by its question: all pairs
 * that answer it are, in whatever file.
 */
final class PreferenceData {

  /**
   * What became of the records.
   *
   * @param read records of the files
   * @param used pairs to train on
   * @param heldOut pairs held out
   * @param rejected number by reason; read = used + heldOut + all of these
   * @param cut pairs used or held out of which an answer breaks off
   * @param chosenTokens tokens of the answers chosen, of pairs to train on
   * @param rejectedTokens of the answers rejected
   */
  record Account(
      long read,
      long used,
      long heldOut,
      Map<Refusal.Reason, Long> rejected,
      long cut,
      long chosenTokens,
      long rejectedTokens) {}

  private final PreferenceSpec spec;
  private final ChatTemplate template;
  private final int context;
  private final Consumer<Refusal> refused;

  private final List<RenderedPair> pairs = new ArrayList<>();
  private final List<RenderedPair> heldOut = new ArrayList<>();
  private final Set<Long> heldOutHashes = new HashSet<>();
  private final Map<Refusal.Reason, Long> rejected = new TreeMap<>();
  private long read;
  private long kept;
  private long cut;

  private PreferenceData(
      PreferenceSpec spec, ChatTemplate template, int context, Consumer<Refusal> refused) {
    this.spec = spec;
    this.template = template;
    this.context = context;
    this.refused = refused;
  }

  /**
   * Reads all files.
   *
   * @param context most ids of a conversation
   * @param refused is told of every record that is not used
   * @throws UserError if a file cannot be read, or there is no pair to train on
   */
  static PreferenceData read(
      PreferenceSpec spec, ChatTemplate template, int context, Consumer<Refusal> refused) {
    var data = new PreferenceData(spec, template, context, refused);
    for (String file : spec.files()) {
      try {
        data.read += ChatFile.pairs(Path.of(file), data::take, data::refuse);
      } catch (IOException e) {
        throw UserError.usage("a file must hold preference pairs: " + ChatData.reason(e));
      }
    }
    if (data.pairs.isEmpty()) {
      throw UserError.usage(
          "there must be a pair to train on: read=%d, heldOut=%d, rejected=%s"
              .formatted(data.read, data.kept, data.rejected));
    }
    return data;
  }

  /** Pairs to train on, in the files' order. */
  List<RenderedPair> pairs() {
    return pairs;
  }

  /** Pairs held out, each once. */
  List<RenderedPair> heldOut() {
    return heldOut;
  }

  /** What became of the records. */
  Account account() {
    return new Account(
        read,
        pairs.size(),
        kept,
        rejected,
        cut,
        pairs.stream().mapToLong(pair -> pair.chosen().answerTokens()).sum(),
        pairs.stream().mapToLong(pair -> pair.rejected().answerTokens()).sum());
  }

  private void take(String place, PreferencePair pair) {
    try {
      RenderedPair whole = template.render(pair);
      RenderedPair fitting = fitting(whole);
      cut += fitting == whole ? 0 : 1;
      if (Long.remainderUnsigned(whole.promptHash(spec.seed()), spec.heldOutEvery()) != 0) {
        pairs.add(fitting);
        return;
      }
      kept++;
      if (heldOutHashes.add(fitting.hash())) {
        heldOut.add(fitting);
      }
    } catch (RefusedConversationException e) {
      refuse(new Refusal(e.reason(), place + ": " + e.getMessage()));
    }
  }

  private RenderedPair fitting(RenderedPair pair) {
    if (pair.length() <= context) {
      return pair;
    }
    if (spec.cut()) {
      return pair.cut(context);
    }
    throw new RefusedConversationException(
        Refusal.Reason.TOO_LONG,
        "both answers must fit the model's context with their prompt, or cut be true: ids=%d, context=%d"
            .formatted(pair.length(), context));
  }

  private void refuse(Refusal refusal) {
    rejected.merge(refusal.reason(), 1L, Long::sum);
    refused.accept(refusal);
  }
}
