package dev.neostream.ops.align;

import dev.neostream.checkpoint.store.CheckpointStore;
import dev.neostream.checkpoint.store.Stored;
import dev.neostream.ops.UserError;
import dev.neostream.tokens.bpe.TokenizerFile;
import dev.neostream.tokens.chat.ChatTemplate;
import dev.neostream.tokens.chat.Refusal;
import dev.neostream.trainer.align.FineTuningLog;
import dev.neostream.trainer.align.FineTuningPhase;
import dev.neostream.trainer.align.FineTuningSettings;
import dev.neostream.trainer.align.SupervisedFineTuning;
import dev.neostream.trainer.checkpoint.StoredCheckpoints;
import dev.neostream.trainer.checkpoint.StoredModel;
import dev.neostream.trainer.model.Decoder;
import dev.neostream.trainer.model.Training;
import dev.neostream.trainer.optim.AdamW;
import dev.neostream.trainer.optim.GradientClip;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * Fine-tunes a stored model on files of conversations, from where the folder's last start ended.
 */
public final class FineTuner {

  /** Checkpoints that stay: the newest, and one to fall back on. */
  static final int KEPT_CHECKPOINTS = 2;

  /**
   * What came of it.
   *
   * @param data what became of the records, by phase
   * @param heldOut conversations that were evaluated on
   * @param examples the first refusal of each reason
   * @param steps steps of all phases
   * @param result how it ended
   */
  public record Outcome(
      Map<String, Map<String, Object>> data,
      int heldOut,
      List<Refusal> examples,
      long steps,
      SupervisedFineTuning.Result result) {}

  private FineTuner() {}

  /**
   * Trains until done or told to stop.
   *
   * @param base the model to start from
   * @param out folder of the fine-tuning
   * @param data is told what became of the records, before training
   * @throws UserError if files, definition and folder do not fit each other
   * @throws IOException if the model or a checkpoint cannot be read, or the folder not be written
   */
  public static Outcome run(
      Stored base,
      FineTuningSpec spec,
      Path out,
      Consumer<Map<String, Map<String, Object>>> data,
      FineTuningLog log,
      BooleanSupplier stop)
      throws IOException {
    StoredModel model = StoredModel.read(base);
    var template = new ChatTemplate(spec.template(), model.tokenizer());
    int sequenceLength = model.config().maxSequence();
    List<Refusal> refusals = new ArrayList<>();
    ChatData chat =
        ChatData.read(
            spec, template, sequenceLength, model.tokenizer().endOfDocument(), refusals::add);
    FineTuningSettings settings = settings(spec, chat);
    try (FineTuningFolder folder = FineTuningFolder.open(out)) {
      folder.define(definition(base, spec, settings));
      folder.writeRefusals(refusals);
      Map<String, Map<String, Object>> accounts = view(chat);
      data.accept(accounts);
      var checkpoints =
          new StoredCheckpoints(
              new CheckpointStore(folder.checkpoints()),
              model.tokenizer().fingerprint(),
              Map.of(TokenizerFile.NAME, Files.readAllBytes(base.file(TokenizerFile.NAME))),
              KEPT_CHECKPOINTS);
      try (Decoder decoder = model.decoder(spec.threads());
          Training training = new Training(decoder, AdamW.mapNeo())) {
        SupervisedFineTuning.Result result =
            new SupervisedFineTuning(
                    settings, training, chat.heldOut(), checkpoints, log, Clock.systemUTC())
                .run(stop);
        return new Outcome(accounts, heldOut(chat), examples(refusals), settings.steps(), result);
      }
    }
  }

  private static int heldOut(ChatData chat) {
    return chat.heldOut().values().stream().mapToInt(List::size).sum();
  }

  private static FineTuningSettings settings(FineTuningSpec spec, ChatData chat) {
    List<FineTuningPhase> phases = new ArrayList<>();
    for (FineTuningSpec.Phase phase : spec.phases()) {
      phases.add(
          new FineTuningPhase(
              phase.name(),
              chat.blocks(phase.name()),
              phase.epochs(),
              phase.learningRate(),
              phase.warmup()));
    }
    return new FineTuningSettings(
        phases,
        spec.batch(),
        GradientClip.mapNeo(),
        spec.seed(),
        spec.evaluateEvery(),
        spec.checkpointEvery());
  }

  /** All that decides the result's bits, and nothing of where things lie. */
  private static Map<String, Object> definition(
      Stored base, FineTuningSpec spec, FineTuningSettings settings) {
    Map<String, Object> definition = definition("sft", base);
    definition.put("template", spec.template().toString());
    definition.put("batch", spec.batch());
    definition.put("heldOutEvery", spec.heldOutEvery());
    definition.put("seed", spec.seed());
    definition.put("threads", spec.threads());
    for (FineTuningPhase phase : settings.phases()) {
      String name = "phase " + phase.name();
      definition.put(name + " epochs", phase.epochs());
      definition.put(name + " learningRate", phase.peak());
      definition.put(name + " warmup", phase.warmupShare());
      definition.put(name + " data", "%016x".formatted(phase.dataHash()));
    }
    definition.put("phases", settings.phases().stream().map(FineTuningPhase::name).toList());
    return definition;
  }

  /** What decides the result of any training from a model: by what method, and of which model. */
  static Map<String, Object> definition(String method, Stored base) {
    Map<String, Object> definition = new LinkedHashMap<>();
    definition.put("method", method);
    definition.put("baseStep", base.manifest().getStep());
    definition.put("baseParameters", "%016x".formatted(base.manifest().getParameterHash()));
    definition.put("tokenizer", base.manifest().getTokenizer());
    return definition;
  }

  private static Map<String, Map<String, Object>> view(ChatData chat) {
    Map<String, Map<String, Object>> view = new LinkedHashMap<>();
    chat.accounts()
        .forEach(
            (phase, account) -> {
              Map<String, Object> fields = new LinkedHashMap<>();
              fields.put("read", account.read());
              fields.put("used", account.used());
              fields.put("heldOut", account.heldOut());
              fields.put("rejected", byName(account.rejected()));
              fields.put("blocks", account.blocks());
              fields.put("tokens", account.tokens());
              fields.put("answerTokens", account.answerTokens());
              view.put(phase, fields);
            });
    return view;
  }

  /** Counts by the names that reports show. */
  static Map<String, Long> byName(Map<Refusal.Reason, Long> rejected) {
    Map<String, Long> names = new LinkedHashMap<>();
    rejected.forEach((reason, count) -> names.put(reason.toString(), count));
    return names;
  }

  /** The first refusal of each reason. */
  static List<Refusal> examples(List<Refusal> refusals) {
    Map<Refusal.Reason, Refusal> first = new LinkedHashMap<>();
    refusals.forEach(refusal -> first.putIfAbsent(refusal.reason(), refusal));
    return List.copyOf(first.values());
  }
}
