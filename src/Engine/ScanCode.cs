namespace Engine;

/// <summary>The 66 engine scan codes of csapi.md §4, in table order. Filled in by the decomposer's work.</summary>
public enum ScanCode
{
    AvsScannerNotInitialized = 0,
    AvsVirusFound = 1,
}
