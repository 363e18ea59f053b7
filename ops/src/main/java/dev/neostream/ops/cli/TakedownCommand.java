package dev.neostream.ops.cli;

import dev.neostream.clean.CleanConfig;
import dev.neostream.clean.Cleaned;
import dev.neostream.clean.Cleaner;
import dev.neostream.clean.topic.ProfileControl;
import dev.neostream.dedup.Subject;
import dev.neostream.ops.Json;
import dev.neostream.ops.UserError;
import dev.neostream.ops.embedded.RunTopics;
import dev.neostream.ops.run.RunSpec;
import dev.neostream.ops.takedown.TakedownControl;
import dev.neostream.schemas.Envelope;
import dev.neostream.schemas.avro.TakedownKind;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Takes documents of a run down. */
@Command(
    name = "takedown",
    description = {
      "Take documents of a run down, whether it is running or not: they are rejected, now and later,",
      "the state of deduplication forgets them, sealed blocks that hold them are flagged. What was",
      "dropped as a duplicate of them is read again: the best of it takes their place.",
      "Repeat it when the run has gone on: what was on its way is forgotten and flagged then."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false,
    footer = {
      "",
      "Examples:",
      "  ops/neo takedown --dir my-run --domain example.org --why \"asked by the owner\" --dry-run",
      "  ops/neo takedown --dir my-run --url https://example.org/page --why \"asked by the owner\"",
      "  ops/neo takedown --dir my-run --licence cc-by-nc-4.0 --why \"not ours to use\""
    })
final class TakedownCommand implements Callable<Integer> {

  /** Duplicates that are printed; JSON has all. */
  private static final int MOST_LINES = 20;

  /** What to take down. */
  private static final class What {

    @Option(names = "--id", paramLabel = "ID", description = "A document.")
    private String id;

    @Option(names = "--url", paramLabel = "URL", description = "A page, or a path in a source.")
    private String url;

    @Option(
        names = {"--domain", "--host"},
        paramLabel = "HOST",
        description = "Pages of a host and of the hosts below it.")
    private String host;

    @Option(names = "--source", paramLabel = "NAME", description = "All of an input.")
    private String source;

    @Option(
        names = "--licence",
        paramLabel = "NAME",
        description = "Records whose field licence, or license, says so.")
    private String licence;

    Subject subject() {
      try {
        return id != null
            ? Subject.of(TakedownKind.ID, id)
            : url != null
                ? Subject.of(TakedownKind.URL, url)
                : host != null
                    ? Subject.of(TakedownKind.HOST, host)
                    : source != null
                        ? Subject.of(TakedownKind.SOURCE, source)
                        : Subject.of(TakedownKind.LICENCE, licence);
      } catch (IllegalArgumentException e) {
        throw UserError.usage(e.getMessage());
      }
    }
  }

  @Spec private CommandSpec spec;

  @Mixin private RunOption run;

  @ArgGroup(multiplicity = "1")
  private What what;

  @Option(names = "--why", paramLabel = "TEXT", required = true, description = "Reason.")
  private String why;

  @Option(names = "--by", paramLabel = "WHO", description = "Author (default: the user).")
  private String author = System.getProperty("user.name");

  @Option(names = "--dry-run", description = "Only say what would be forgotten.")
  private boolean dryRun;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  @Override
  public Integer call() {
    Subject subject = what.subject();
    PrintWriter out = spec.commandLine().getOut();
    try (RunTopics topics = RunTopics.open(run.folder())) {
      RunSpec stored = run.folder().spec().orElseThrow();
      String profile = new ProfileControl(topics.connection(), stored.clean()).inForce().profile();
      CleanConfig clean = stored.clean().withProfile(profile).withShadow("");
      var cleaner = new Cleaner(clean);
      var control =
          new TakedownControl(
              topics.connection(), raw -> clean(cleaner, raw), stored.dedup().rules());
      TakedownControl.Found found = control.find(subject);
      List<Integer> versions =
          dryRun ? List.of() : control.send(found, author, why, System.currentTimeMillis());
      if (json) {
        out.println(Json.of(view(found, versions)));
      } else {
        print(out, found, versions);
      }
      out.flush();
      return 0;
    } catch (IllegalStateException e) {
      throw new UserError(e.getMessage(), e);
    }
  }

  private static Optional<Envelope> clean(Cleaner cleaner, Envelope raw) {
    return cleaner.clean(raw) instanceof Cleaned.Clean clean
        ? Optional.of(clean.document())
        : Optional.empty();
  }

  private static long inBlocks(TakedownControl.Found found) {
    return found.blocks().values().stream().filter(blocks -> !blocks.isEmpty()).count();
  }

  private static Map<String, Object> view(TakedownControl.Found found, List<Integer> versions) {
    var view = new LinkedHashMap<String, Object>();
    view.put("kind", found.subject().kind().toString().toLowerCase(Locale.ROOT));
    view.put("value", found.subject().value());
    view.put("takedowns", versions);
    view.put("matched", found.matched().size());
    view.put("dropped_before", found.matched().size() - found.blocks().size());
    view.put("in_blocks", inBlocks(found));
    view.put("held", found.blocks().size() - inBlocks(found));
    view.put("forgotten", found.documents().size());
    view.put("read_again", found.duplicates());
    view.put("blocks", found.documentsByBlock());
    return view;
  }

  private static void print(PrintWriter out, TakedownControl.Found found, List<Integer> versions) {
    int blocks = found.documentsByBlock().size();
    out.printf(
        Locale.ROOT,
        "%s: %,d documents read = %,d rejected or dropped before + %,d in %,d sealed blocks + %,d"
            + " held%n",
        found.subject(),
        found.matched().size(),
        found.matched().size() - found.blocks().size(),
        inBlocks(found),
        blocks,
        found.blocks().size() - inBlocks(found));
    if (versions.isEmpty()) {
      out.printf(
          Locale.ROOT,
          "would be rejected from now on; deduplication would forget %,d documents, their duplicates"
              + " included; %,d blocks would not be trained on%n",
          found.documents().size(),
          blocks);
    } else {
      out.printf(
          Locale.ROOT,
          "takedown %s sent: rejected from now on; deduplication forgets %,d documents, their"
              + " duplicates included; %,d blocks are not trained on any more%n",
          versions.size() == 1
              ? versions.get(0)
              : versions.get(0) + " to " + versions.get(versions.size() - 1),
          found.documents().size(),
          blocks);
    }
    if (!found.duplicates().isEmpty()) {
      out.printf(
          Locale.ROOT,
          "%,d documents that were dropped as duplicates %s read again, the best of them first:%n",
          found.duplicates().size(),
          versions.isEmpty() ? "would be" : "are");
      found.duplicates().entrySet().stream()
          .limit(MOST_LINES)
          .forEach(each -> out.printf("  %s  %s%n", each.getKey(), each.getValue()));
      if (found.duplicates().size() > MOST_LINES) {
        out.printf(Locale.ROOT, "  and %,d more: --json%n", found.duplicates().size() - MOST_LINES);
      }
    }
  }
}
