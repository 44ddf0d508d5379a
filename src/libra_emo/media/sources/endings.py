"""The endings of the names of films, and of the files beside them."""

from __future__ import annotations

INFORMATION_ENDING = ".info.json"
# containers that hold films, as cameras, broadcasters, players and yt-dlp name them
FILM_ENDINGS = frozenset(
    ".mp4 .m4v .mov .qt .mj2 .3gp .3g2 .3gpp .f4v .ismv .mkv .mk3d .webm .avi .divx .xvid .flv"
    " .kux .ts .mts .m2ts .m2t .mt2s .tp .trp .tod .mpg .mpeg .mpe .mpv .mp2v .m1v .m2v .m2p .mod"
    " .vob .evo .vdr .ps .wmv .asf .wtv .dvr-ms .rm .rmvb .rv .ogv .ogm .ogx .mxf .gxf .dv .dif"
    " .nut .nuv .nsv .amv .ivf .y4m .bik .bk2 .smk .roq .viv .vivo .flc .fli .h264 .264 .avc .h265"
    " .265 .hevc .h266 .vvc .h263 .h261 .av1 .obu .mjpg .mjpeg .vc1 .drc .cdxl .insv .lrv .hdmov"
    " .moflex".split()
)
# formats of subtitles, those first that are preferred where several have the same language
COMMON_SUBTITLE_ENDINGS = (".srt", ".vtt", ".ass", ".ssa")
SUBTITLE_ENDINGS = (
    *COMMON_SUBTITLE_ENDINGS,
    *(".webvtt", ".ttml", ".dfxp", ".tt", ".itt", ".srv3", ".srv2", ".srv1", ".json3", ".sbv"),
    *(".lrc", ".smi", ".sami", ".sub", ".mpl", ".mpl2", ".rt", ".stl", ".aqt", ".jss"),
    *(".pjs", ".psb", ".mpsub", ".usf", ".scc", ".idx", ".sup", ".pgs"),
)
# a text or an XML file may be a subtitle or anything else
PERHAPS_SUBTITLE_ENDINGS = (".txt", ".xml")
# what is neither a film nor a subtitle, so that it is not looked into
OTHER_ENDINGS = frozenset(
    ".json .txt .xml .nfo .md .log .csv .tsv .parquet .html .htm .pdf .doc .docx .url .rtf .yml"
    " .yaml .toml .ini .py .sh .jpg .jpeg .png .webp .gif .bmp .tif .tiff .svg .avif .heic .ico"
    " .mp3 .m4a .m4b .aac .ac3 .eac3 .dts .flac .wav .aiff .wma .ogg .oga .opus .ape .mka .mks .ra"
    " .mid .zip .tar .gz .bz2 .xz .7z .rar .zst .iso .torrent .nzb .par2 .sfv .md5 .sha1 .sha256"
    " .part .ytdl .tmp .crdownload .aria2 .bak .db .sqlite .dvc .lock .gitignore .exe .dll"
    " .so".split()
)
