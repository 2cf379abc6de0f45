using Updater.Listeners.Http;
using Updater.Telemetry;
using Updater.Updates;

namespace Updater.Hosting;

/// <summary>The operator's choices as the answers that HTTP and command line give.</summary>
internal sealed class OperatorDesk(GenerationSelection selection)
{
    /// <summary>Words of <see cref="ChoiceAnswer.Result"/>.</summary>
    public const string Selected = "selected";
    public const string NotFound = "not_found";
    public const string Refused = "refused";
    public const string Unchanged = "unchanged";

    /// <param name="hold">Null = the usual 24 hours.</param>
    public async Task<ChoiceAnswer> RollBackAsync(string? to, TimeSpan? hold, CancellationToken cancellationToken) =>
        Answer(await selection.RollbackAsync(to, hold ?? GenerationSelection.DefaultHold, cancellationToken));

    public async Task<ChoiceAnswer> PinAsync(string generation, CancellationToken cancellationToken) =>
        Answer(await selection.PinAsync(generation, cancellationToken));

    public async Task<ChoiceAnswer> UnpinAsync(CancellationToken cancellationToken) =>
        await selection.UnpinAsync(cancellationToken)
            ? new ChoiceAnswer(Selected, "Pin and hold are lifted; the next update may take everything.", null, null)
            : new ChoiceAnswer(Unchanged, "There was neither pin nor hold.", null, null);

    private static ChoiceAnswer Answer(SelectionOutcome outcome) => outcome switch
    {
        SelectionOutcome.Selected selected => new ChoiceAnswer(
            Selected,
            $"Generation {selected.Generation.Id} with version {selected.Generation.Version} is active"
                + (selected.HoldUntil is { } until ? $"; what it replaced stays out until {IsoTimes.Text(until)}." : "."),
            selected.Generation.Id.ToString(),
            selected.Generation.Version.ToString()),
        SelectionOutcome.NotFound missing => new ChoiceAnswer(NotFound, missing.Message, null, null),
        SelectionOutcome.Refused refused => new ChoiceAnswer(Refused, refused.Message, null, null),
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}
