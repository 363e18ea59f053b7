package dev.neostream.ops.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.neostream.checkpoint.format.Tensor;
import dev.neostream.checkpoint.store.Stored;
import dev.neostream.ops.Json;
import dev.neostream.ops.Printable;
import dev.neostream.ops.account.Funnel;
import dev.neostream.ops.monitor.Status;
import dev.neostream.ops.run.RunFolder;
import dev.neostream.ops.run.RunSpec;
import dev.neostream.ops.run.UserTopic;
import dev.neostream.schemas.avro.CheckpointManifest;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * What a model is and what it was made of, for whoever gets the exported folder and nothing else:
 * the {@code README.md} that Hugging Face calls a model card. Tells no path of this machine.
 */
public final class ModelCard {

  /** File that is in a fine-tuning's folder and in no run's. */
  private static final String FINE_TUNING = "fine-tuning.json";

  /** File that is in the folder of an imported model and in no other. */
  public static final String IMPORT = "import.json";

  private ModelCard() {}

  /**
   * Returns the card of a checkpoint as Markdown, with as much as its run knows by now.
   *
   * @throws IOException if a file of the checkpoint or the run cannot be read
   */
  public static String of(RunFolder folder, Stored checkpoint) throws IOException {
    Optional<RunSpec> spec = folder.spec();
    Optional<Status> status = folder.read(folder.status(), Status.class);
    CheckpointManifest manifest = checkpoint.manifest();
    var out = new StringBuilder();
    frontMatter(out, status);
    boolean fineTuned = Files.exists(folder.root().resolve(FINE_TUNING));
    if (Files.exists(folder.root().resolve(IMPORT))) {
      out.append(
              "# Imported model\n\nA model that others trained; Neo Stream changed nothing of it.")
          .append(" What its makers say of it, and their licence, hold.\n\n");
      use(out);
      return out.toString();
    }
    if (fineTuned) {
      out.append("# Fine-tuning, step ").append(manifest.getStep()).append("\n\n");
      out.append("A model fine-tuned by Neo Stream to answer: it has learned the answers of")
          .append(" conversations, and not when to refuse.\n\n");
    } else {
      String name = spec.map(RunSpec::name).orElse("unknown");
      out.append("# Run `").append(name).append("`, step ");
      out.append(manifest.getStep()).append("\n\n");
      out.append(
              "A base model, trained from scratch by Neo Stream: it goes on with a text, and was")
          .append(" taught neither to answer nor to refuse.\n\n");
    }
    use(out);
    training(out, folder, checkpoint, status);
    mixture(out, manifest, fineTuned);
    data(out, spec, status);
    return out.toString();
  }

  private static void frontMatter(StringBuilder out, Optional<Status> status) {
    out.append("---\nlibrary_name: transformers\npipeline_tag: text-generation\n");
    var languages =
        status.stream()
            .flatMap(known -> known.funnel().kept().stream())
            .map(Funnel.Kept::language)
            .filter(language -> language.matches("[a-z]{2}")) // the others are of code
            .distinct()
            .sorted()
            .toList();
    if (!languages.isEmpty()) {
      out.append("language:\n");
      languages.forEach(language -> out.append("- ").append(language).append('\n'));
    }
    out.append("---\n\n");
  }

  private static void use(StringBuilder out) {
    out.append(
        """
        ```python
        from transformers import AutoModelForCausalLM, AutoTokenizer

        tokenizer = AutoTokenizer.from_pretrained(".")
        model = AutoModelForCausalLM.from_pretrained(".")
        prompt = tokenizer("Returns the number of", return_tensors="pt")
        print(tokenizer.decode(model.generate(**prompt, max_new_tokens=32)[0]))
        ```

        `</s>` ends a document and stands before the next. Names of special tokens in a text are
        read as the characters they are; `split_special_tokens=False` changes that.

        """);
  }

  private static void training(
      StringBuilder out, RunFolder folder, Stored checkpoint, Optional<Status> status)
      throws IOException {
    CheckpointManifest manifest = checkpoint.manifest();
    long step = manifest.getStep();
    out.append("## Training\n\n| | |\n|---|---|\n");
    line(out, "architecture", "LlamaForCausalLM, fp32");
    line(out, "parameters", count(parameters(checkpoint)));
    String steps = status.map(known -> " of " + count(known.training().steps())).orElse("");
    line(out, "steps done", count(step + 1) + steps);
    line(out, "tokens", count(tokens(manifest)));
    loss(folder.metricsLines(), step)
        .ifPresent(loss -> line(out, "loss of the last step", decimals(loss) + " nats a token"));
    status
        .map(known -> new TreeMap<>(known.heldOut()).floorEntry(step))
        .ifPresent(
            loss ->
                line(
                    out,
                    "held-out loss after step " + loss.getKey(),
                    decimals(loss.getValue()) + " nats a token"));
    line(out, "tokenizer, fingerprint", "`" + manifest.getTokenizer() + "`");
    line(out, "parameter hash", "`%016x`".formatted(manifest.getParameterHash()));
    line(out, "saved", Instant.ofEpochMilli(manifest.getCreatedAt()).toString());
    out.append('\n');
  }

  private static void mixture(StringBuilder out, CheckpointManifest manifest, boolean fineTuned) {
    if (fineTuned) {
      out.append("## Phases\n\nTokens of answers that it was fine-tuned on.\n\n");
      out.append("| phase | tokens | share |\n|---|---:|---:|\n");
    } else {
      out.append("## Mixture\n\nWhat the model has seen, by domain; plan ")
          .append(manifest.getPlanVersion())
          .append(" was in force.\n\n| domain | tokens | share |\n|---|---:|---:|\n");
    }
    long all = Math.max(1, tokens(manifest));
    new TreeMap<>(manifest.getTokens())
        .forEach(
            (domain, tokens) ->
                out.append("| ")
                    .append(Printable.markdown(domain))
                    .append(" | ")
                    .append(count(tokens))
                    .append(String.format(Locale.ROOT, " | %.1f %% |%n", 100.0 * tokens / all)));
    out.append('\n');
  }

  private static void data(StringBuilder out, Optional<RunSpec> spec, Optional<Status> status) {
    spec.ifPresent(
        known -> {
          out.append("## Sources\n\n");
          if (known.corpus().demo()) {
            out.append(
                "- the demo corpus: sources and documentation of published Java libraries\n");
          }
          RunSpec.Corpus corpus = known.corpus();
          Stream.concat(
                  Stream.concat(corpus.inputs().stream(), corpus.watch().stream())
                      .map(input -> String.valueOf(Path.of(input).getFileName())),
                  corpus.topics().stream().map(UserTopic::topic))
              .forEach(
                  input -> out.append("- ").append(Printable.markdownCode(input)).append('\n'));
          out.append('\n');
        });
    status.ifPresent(
        known -> {
          out.append("The run goes on after a checkpoint; the tables below are of when this was")
              .append(" exported, at step ")
              .append(known.training().step())
              .append(".\n\n");
          out.append(new Page(FunnelSection.of(known, List.of())).markdown());
        });
  }

  private static void line(StringBuilder out, String name, String value) {
    out.append("| ").append(name).append(" | ").append(value).append(" |\n");
  }

  private static long parameters(Stored checkpoint) throws IOException {
    return checkpoint.tensors("model.safetensors").stream()
        .map(Tensor::shape)
        .mapToLong(shape -> Arrays.stream(shape).reduce(1, (a, b) -> a * b))
        .sum();
  }

  private static long tokens(CheckpointManifest manifest) {
    return manifest.getTokens().values().stream().mapToLong(Long::longValue).sum();
  }

  /** Returns the loss of a step from the lines of the run, empty if its line is not there yet. */
  private static OptionalDouble loss(Path lines, long step) throws IOException {
    if (!Files.exists(lines)) {
      return OptionalDouble.empty();
    }
    String start = "{\"step\":" + step + ",";
    try (BufferedReader reader = Files.newBufferedReader(lines)) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        if (line.startsWith(start)) {
          Object loss = Json.read(line.getBytes(StandardCharsets.UTF_8), Map.class).get("loss");
          return loss instanceof Number number
              ? OptionalDouble.of(number.doubleValue())
              : OptionalDouble.empty();
        }
      }
      return OptionalDouble.empty();
    } catch (JsonProcessingException e) {
      return OptionalDouble.empty(); // a running run has written half of the line
    }
  }

  private static String count(long number) {
    return String.format(Locale.ROOT, "%,d", number);
  }

  private static String decimals(double number) {
    return String.format(Locale.ROOT, "%.3f", number);
  }
}
