using System.Text.Json.Serialization;

namespace Updater.Listeners.Http;

/// <summary>The serializers of the API and of <c>--json</c>: snake case, generated at build time.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, PropertyNameCaseInsensitive = true)]
[JsonSerializable(typeof(ScanAnswer))]
[JsonSerializable(typeof(IReadOnlyList<ScanAnswer>))]
[JsonSerializable(typeof(VersionAnswer))]
[JsonSerializable(typeof(StatusAnswer))]
[JsonSerializable(typeof(IReadOnlyList<GenerationAnswer>))]
[JsonSerializable(typeof(IReadOnlyList<RunAnswer>))]
[JsonSerializable(typeof(HistoryAnswer))]
[JsonSerializable(typeof(IReadOnlyList<EngineAnswer>))]
[JsonSerializable(typeof(UpdateBody))]
[JsonSerializable(typeof(UpdateAnswer))]
[JsonSerializable(typeof(RollbackBody))]
[JsonSerializable(typeof(PinBody))]
[JsonSerializable(typeof(ChoiceAnswer))]
[JsonSerializable(typeof(CheckAnswer))]
[JsonSerializable(typeof(HealthAnswer))]
[JsonSerializable(typeof(ProblemAnswer))]
internal sealed partial class ApiJson : JsonSerializerContext;
