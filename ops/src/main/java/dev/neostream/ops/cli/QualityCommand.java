package dev.neostream.ops.cli;

import dev.neostream.clean.Cleaned;
import dev.neostream.clean.Cleaner;
import dev.neostream.clean.quality.DomainRecall;
import dev.neostream.clean.quality.Evaluation;
import dev.neostream.clean.quality.QualityModel;
import dev.neostream.clean.quality.QualityTrainer;
import dev.neostream.ingest.Inputs;
import dev.neostream.ingest.file.Item;
import dev.neostream.ops.Json;
import dev.neostream.ops.UserError;
import dev.neostream.ops.file.Documents;
import dev.neostream.ops.file.FileDocuments;
import dev.neostream.ops.file.ScoredFile;
import dev.neostream.ops.file.Texts;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The quality recall of MAP-Neo: learn what good text is, find more of it. */
@Command(
    name = "quality",
    description = "Train, evaluate and apply a classifier that recalls text like given examples.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "train|eval|apply",
    footer = {
      "",
      "Examples:",
      "  ops/neo quality train --positive textbooks/ --negative crawl.warc.gz --out quality.neo",
      "  ops/neo quality eval --model quality.neo --positive a.jsonl --negative b.jsonl",
      "  ops/neo quality apply --model quality.neo --in crawl.warc.gz --out scored.jsonl.zst",
      "",
      "apply also names the sites of which more than a tenth of the pages score well: they are worth",
      "reading whole, and make the next round's positive examples."
    })
final class QualityCommand implements Runnable {

  /** What {@link QualityTrainer} takes. */
  private static final int MOST_NGRAMS = 8;

  private static final int LEAST_BUCKET_BITS = 8;
  private static final int MOST_BUCKET_BITS = 26;

  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "one of train, eval, apply must be given");
  }

  @Command(
      name = "train",
      description = "Learn to tell positive from negative examples.",
      mixinStandardHelpOptions = true,
      sortOptions = false)
  int train(
      @Option(names = "--positive", paramLabel = "PATH", arity = "1..*", required = true)
          List<Path> positive,
      @Option(names = "--negative", paramLabel = "PATH", arity = "1..*", required = true)
          List<Path> negative,
      @Option(names = "--out", paramLabel = "FILE", required = true, description = "The model.")
          Path out,
      @Option(names = "--ngrams", paramLabel = "N", description = "Longest n-gram (default: 3).")
          Integer ngrams,
      @Option(names = "--epochs", paramLabel = "N", description = "Passes (default: 3).")
          Integer epochs,
      @Option(
              names = "--bucket-bits",
              paramLabel = "N",
              description = "Logarithm of the number of weights (default: 22).")
          Integer bits,
      @Option(names = "--learning-rate", paramLabel = "X", description = "Default: 0.5.")
          Double rate,
      @Option(
              names = "--held-out",
              paramLabel = "SHARE",
              description = "Share of the examples kept for evaluation (default: 0.05).")
          Double heldOut,
      @Option(names = "--seed", description = "Seed of the hash (default: 1).") Long seed,
      @Option(names = "--json", description = "Print JSON.") boolean json)
      throws IOException {
    QualityTrainer standard = QualityTrainer.recommended();
    OptionRule.file("--out", out);
    OptionRule.require(
        ngrams == null || ngrams >= 1 && ngrams <= MOST_NGRAMS,
        "--ngrams",
        "1 to " + MOST_NGRAMS,
        ngrams);
    OptionRule.require(epochs == null || epochs >= 1, "--epochs", "at least 1", epochs);
    OptionRule.require(
        bits == null || bits >= LEAST_BUCKET_BITS && bits <= MOST_BUCKET_BITS,
        "--bucket-bits",
        LEAST_BUCKET_BITS + " to " + MOST_BUCKET_BITS,
        bits);
    OptionRule.require(
        rate == null || rate > 0 && rate < 1e6, "--learning-rate", "above 0, below 1e6", rate);
    OptionRule.require(
        heldOut == null || heldOut >= 0 && heldOut < 1, "--held-out", "0 to less than 1", heldOut);
    try {
      Texts good = texts(positive);
      Texts bad = texts(negative);
      requireWritable(out);
      var trainer =
          new QualityTrainer(
              ngrams == null ? standard.ngrams() : ngrams,
              bits == null ? standard.bucketBits() : bits,
              epochs == null ? standard.epochs() : epochs,
              rate == null ? standard.learningRate() : rate,
              heldOut == null ? standard.heldOut() : heldOut,
              seed == null ? standard.seed() : seed);
      QualityTrainer.Trained trained = trainer.train(good, bad);
      trained.model().save(out);
      print(trained.heldOut(), "held out", json);
      return 0;
    } catch (IllegalArgumentException e) {
      throw UserError.usage(e.getMessage());
    }
  }

  @Command(
      name = "eval",
      description = "Measure a model on examples it has not seen.",
      mixinStandardHelpOptions = true,
      sortOptions = false)
  int eval(
      @Option(names = "--model", paramLabel = "FILE", required = true) Path model,
      @Option(names = "--positive", paramLabel = "PATH", arity = "1..*", required = true)
          List<Path> positive,
      @Option(names = "--negative", paramLabel = "PATH", arity = "1..*", required = true)
          List<Path> negative,
      @Option(names = "--json", description = "Print JSON.") boolean json)
      throws IOException {
    print(Evaluation.of(load(model), texts(positive), texts(negative)), "measured", json);
    return 0;
  }

  @Command(
      name = "apply",
      description = "Score documents and name the sites worth reading whole.",
      mixinStandardHelpOptions = true,
      sortOptions = false)
  int apply(
      @Option(names = "--model", paramLabel = "FILE", required = true) Path model,
      @Option(names = "--in", paramLabel = "PATH", arity = "1..*", required = true)
          List<Path> inputs,
      @Option(
              names = "--out",
              paramLabel = "FILE",
              required = true,
              description = "Lines of {id, url, text, quality}.")
          Path out,
      @Option(
              names = "--min-quality",
              paramLabel = "SCORE",
              defaultValue = "0.5",
              description = "Score of a hit (default: ${DEFAULT-VALUE}).")
          double threshold,
      @Option(
              names = "--revisit-share",
              paramLabel = "SHARE",
              defaultValue = "0.1",
              description =
                  "Share of hits above which a site is named (default: ${DEFAULT-VALUE}).")
          double share,
      @Option(
              names = "--revisit-documents",
              paramLabel = "N",
              defaultValue = "10",
              description = "Documents a site must have to be named (default: ${DEFAULT-VALUE}).")
          long documents,
      @Option(names = "--json", description = "Print JSON.") boolean json)
      throws IOException {
    OptionRule.file("--out", out);
    QualityModel quality = load(model);
    var recall = new DomainRecall(threshold);
    var cleaner = Cleaner.recommended();
    long read = 0;
    long scored = 0;
    long hits = 0;
    try (var files = new FileDocuments(Inputs.resolve(inputs));
        var lines = new ScoredFile(out)) {
      for (Optional<Documents.Entry> entry = files.next();
          entry.isPresent();
          entry = files.next()) {
        read++;
        if (entry.get().item() instanceof Item.Document
            && cleaner.extract(entry.get().envelope()) instanceof Cleaned.Clean clean) {
          float score = quality.score(clean.document().body);
          recall.add(clean.document().url, score);
          lines.write(entry.get(), clean.document(), score);
          scored++;
          hits += score >= threshold ? 1 : 0;
        }
      }
      lines.complete();
    } catch (IllegalArgumentException e) {
      throw UserError.usage(e.getMessage());
    }
    PrintWriter printer = spec.commandLine().getOut();
    List<DomainRecall.Host> revisit = recall.revisit(share, documents);
    if (json) {
      var view = new LinkedHashMap<String, Object>();
      view.put("read", read);
      view.put("scored", scored);
      view.put("without_text", read - scored);
      view.put("hits", hits);
      view.put("revisit", revisit);
      printer.println(Json.of(view));
    } else {
      printer.printf(
          Locale.ROOT,
          "%,d read = %,d scored + %,d without text; %,d score at least %s%n",
          read,
          scored,
          read - scored,
          hits,
          threshold);
      revisit.forEach(
          host ->
              printer.printf(
                  Locale.ROOT, "  %-40s %,d of %,d%n", host.host(), host.hits(), host.documents()));
    }
    printer.flush();
    return 0;
  }

  private static Texts texts(List<Path> paths) {
    try {
      return new Texts(Inputs.resolve(paths));
    } catch (IllegalArgumentException e) {
      throw UserError.usage(e.getMessage());
    }
  }

  private static QualityModel load(Path file) {
    String rule = "a file of `ops/neo quality train`";
    OptionRule.require(Files.isRegularFile(file) && Files.isReadable(file), "--model", rule, file);
    try {
      return QualityModel.load(file);
    } catch (IOException e) {
      throw UserError.usage("--model must be " + rule + ": " + e.getMessage());
    }
  }

  /** Training takes long; what it cannot end with is said before. */
  private static void requireWritable(Path out) throws IOException {
    Path folder = out.toAbsolutePath().normalize().getParent();
    Files.createDirectories(folder);
    if (!Files.isWritable(folder)) {
      throw UserError.usage("--out must be in a folder that can be written: folder=" + folder);
    }
  }

  private void print(Evaluation evaluation, String what, boolean json) {
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.println(Json.of(evaluation));
    } else {
      out.printf(
          Locale.ROOT,
          "%,d positive and %,d negative texts %s, AUC %.4f%n%n%9s %9s %7s %7s%n",
          evaluation.positives(),
          evaluation.negatives(),
          what,
          evaluation.auc(),
          "score at",
          "precision",
          "recall",
          "F1");
      for (Evaluation.AtThreshold row : evaluation.thresholds()) {
        out.printf(
            Locale.ROOT,
            "%9.2f %9.4f %7.4f %7.4f%n",
            row.threshold(),
            row.precision(),
            row.recall(),
            row.f1());
      }
    }
    out.flush();
  }
}
