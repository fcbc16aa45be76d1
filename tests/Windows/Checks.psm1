# What the scripts here share: checks that are counted, each a name and a block that throws where something is wrong.
$script:passed = $script:failed = 0

function Check([string] $Name, [scriptblock] $Do) {
    try {
        $null = & $Do
        $script:passed++
    }
    catch {
        $script:failed++
        "FAIL $Name"
        "  $($_.FullyQualifiedErrorId): $_" -replace '\r?\n', "`n  "
    }
}

function Assert([bool] $Condition, [string] $What) { if (-not $Condition) { throw $What } }

# Runs a block that must fail with an error of an id; gives its message.
function Get-Failure([string] $Id, [scriptblock] $Do) {
    try { $null = & $Do } catch {
        if ($_.FullyQualifiedErrorId -notlike "$Id,*") { throw "It failed with $($_.FullyQualifiedErrorId), not with ${Id}: $_" }
        return "$_"
    }
    throw "It did not fail with $Id."
}

# Runs a block while a file is open as another program would have it.
function Use-Open([string] $Path, [string] $Share, [scriptblock] $Do) {
    $file = [System.IO.File]::Open((Resolve-Path -LiteralPath $Path).ProviderPath, 'Open', 'Read', $Share)
    try { & $Do } finally { $file.Dispose() }
}

# By how many levels of 255 the pictures in two files differ at most; what they say of themselves may differ.
function Get-LargestDifference([string] $Path, [string] $Other) {
    $a, $b = foreach ($file in $Path, $Other) { , [Mcdm.Imaging.Files.PictureFile]::Read((Resolve-Path -LiteralPath $file).ProviderPath).Rgba }
    if ($a.Length -ne $b.Length) { throw "$Path has $($a.Length) bytes and $Other $($b.Length)." }
    $largest = 0
    for ($i = 0; $i -lt $a.Length; $i++) { $largest = [Math]::Max($largest, [Math]::Abs($a[$i] - $b[$i])) }
    $largest
}

# Whether two files are the same picture, pixel by pixel.
function Test-SamePicture([string] $Path, [string] $Other) { (Get-LargestDifference $Path $Other) -eq 0 }

function Write-Counts { "$script:passed passed, $script:failed failed, 0 skipped" }

Export-ModuleMember -Function Check, Assert, Get-Failure, Use-Open, Get-LargestDifference, Test-SamePicture, Write-Counts
