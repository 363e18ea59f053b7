package dev.neostream.ops.align;

import dev.neostream.checkpoint.store.CheckpointStore;
import dev.neostream.checkpoint.store.Stored;
import dev.neostream.ops.UserError;
import dev.neostream.tokens.bpe.TokenizerFile;
import dev.neostream.tokens.chat.ChatTemplate;
import dev.neostream.tokens.chat.Refusal;
import dev.neostream.tokens.chat.RenderedPair;
import dev.neostream.trainer.align.PairScore;
import dev.neostream.trainer.align.PreferenceLog;
import dev.neostream.trainer.align.PreferenceLoss;
import dev.neostream.trainer.align.PreferenceSettings;
import dev.neostream.trainer.align.PreferenceTuning;
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

/** Tunes a stored model on files of preference pairs, from where the folder's last start ended. */
public final class PreferenceTuner {

  /**
   * What came of it.
   *
   * @param data what became of the records
   * @param examples the first refusal of each reason
   * @param steps steps of all epochs
   * @param result how it ended
   */
  public record Outcome(
      Map<String, Object> data,
      List<Refusal> examples,
      long steps,
      PreferenceTuning.Result result) {}

  private PreferenceTuner() {}

  /**
   * Trains until done or told to stop.
   *
   * @param base the model to start from, and the reference
   * @param out folder of the tuning
   * @param data is told what became of the records, before training
   * @throws UserError if files, definition, reference and folder do not fit each other
   * @throws IOException if the model or a checkpoint cannot be read, or the folder not be written
   */
  public static Outcome run(
      Stored base,
      PreferenceSpec spec,
      Path out,
      Consumer<Map<String, Object>> data,
      PreferenceLog log,
      BooleanSupplier stop)
      throws IOException {
    StoredModel model = StoredModel.read(base);
    var template = new ChatTemplate(spec.template(), model.tokenizer());
    List<Refusal> refusals = new ArrayList<>();
    PreferenceData pairs =
        PreferenceData.read(spec, template, model.config().maxSequence() + 1, refusals::add);
    PreferenceSettings settings = settings(spec, pairs);
    try (FineTuningFolder folder = FineTuningFolder.open(out)) {
      folder.define(definition(base, spec, pairs));
      folder.writeRefusals(refusals);
      Map<String, Object> account = view(pairs.account());
      data.accept(account);
      var checkpoints =
          new StoredCheckpoints(
              new CheckpointStore(folder.checkpoints()),
              model.tokenizer().fingerprint(),
              Map.of(TokenizerFile.NAME, Files.readAllBytes(base.file(TokenizerFile.NAME))),
              FineTuner.KEPT_CHECKPOINTS);
      try (Decoder decoder = model.decoder(spec.threads());
          Training training = new Training(decoder, AdamW.mapNeo())) {
        List<RenderedPair> all = new ArrayList<>(pairs.pairs());
        all.addAll(pairs.heldOut());
        Map<Long, PairScore> references = ReferenceFile.scores(folder.reference(), decoder, all);
        PreferenceTuning.Result result =
            new PreferenceTuning(
                    settings,
                    training,
                    pairs.heldOut(),
                    references,
                    checkpoints,
                    log,
                    Clock.systemUTC())
                .run(stop);
        return new Outcome(account, FineTuner.examples(refusals), settings.steps(), result);
      }
    }
  }

  private static PreferenceSettings settings(PreferenceSpec spec, PreferenceData pairs) {
    return new PreferenceSettings(
        pairs.pairs(),
        new PreferenceLoss(spec.beta(), spec.lengthNormalised(), spec.sftWeight()),
        spec.epochs(),
        spec.batch(),
        spec.learningRate(),
        spec.warmup(),
        GradientClip.mapNeo(),
        spec.seed(),
        spec.evaluateEvery(),
        spec.checkpointEvery());
  }

  /** All that decides the result's bits, and nothing of where things lie. */
  private static Map<String, Object> definition(
      Stored base, PreferenceSpec spec, PreferenceData pairs) {
    Map<String, Object> definition = FineTuner.definition("dpo", base);
    definition.put("template", spec.template().toString());
    definition.put("beta", spec.beta());
    definition.put("lengthNormalised", spec.lengthNormalised());
    definition.put("sftWeight", spec.sftWeight());
    definition.put("epochs", spec.epochs());
    definition.put("learningRate", spec.learningRate());
    definition.put("warmup", spec.warmup());
    definition.put("cut", spec.cut());
    definition.put("batch", spec.batch());
    definition.put("heldOutEvery", spec.heldOutEvery());
    definition.put("seed", spec.seed());
    definition.put("threads", spec.threads());
    definition.put("data", "%016x".formatted(RenderedPair.hash(pairs.pairs())));
    definition.put("heldOut", "%016x".formatted(RenderedPair.hash(pairs.heldOut())));
    return definition;
  }

  private static Map<String, Object> view(PreferenceData.Account account) {
    Map<String, Object> view = new LinkedHashMap<>();
    view.put("read", account.read());
    view.put("used", account.used());
    view.put("heldOut", account.heldOut());
    view.put("rejected", FineTuner.byName(account.rejected()));
    view.put("cut", account.cut());
    view.put("chosenTokens", account.chosenTokens());
    view.put("rejectedTokens", account.rejectedTokens());
    return view;
  }
}
