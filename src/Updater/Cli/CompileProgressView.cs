using Engine.Images;
using Spectre.Console;

namespace Updater.Cli;

/// <summary>A bar on standard error while the compiler works, where a person looks; nothing elsewhere.</summary>
internal static class CompileProgressView
{
    public static T Run<T>(Terminal terminal, Func<Action<CompileProgress>?, T> compile)
    {
        if (!terminal.IsRich)
        {
            return compile(null);
        }

        return terminal.RichError
            .Progress()
            .AutoClear(true)
            .Columns(new SpinnerColumn(), new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new ElapsedTimeColumn())
            .Start(context =>
            {
                var bar = context.AddTask("compile", maxValue: 1);
                return compile(progress =>
                {
                    bar.Description = WordOf(progress.Stage);
                    bar.Value = progress.Share;
                });
            });
    }

    private static string WordOf(CompileStage stage) => stage switch
    {
        CompileStage.Reading => "reading",
        CompileStage.Parsing => "parsing",
        CompileStage.Sorting => "sorting",
        CompileStage.Writing => "writing",
    };
}
