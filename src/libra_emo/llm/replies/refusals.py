"""Refusals: texts in which a model says that it cannot or will not answer."""

from __future__ import annotations

import re

_CANNOT = (
    r"(?:can ?not|can'?t|could ?n[o']?t|could not|(?:am|are|'?m) not able to|not able to"
    r"|(?:am|are|'?m|'?re) unable to|unable to|won'?t|will not|must decline to|have to decline to"
    r"|do not have the ability to|don'?t have the ability to|am not in a position to|refuse to)"
)
_VERBS = (
    r"(?:actually |really |directly |currently |reliably |accurately |even )?"
    r"(?:help|assist|comply|fulfil+|process|analy[sz]e|watch|view|access|open|play|load|identify"
    r"|determine|infer|judge|recogni[sz]e|classify|label|answer|provide|tell|say|continue|do that"
    r"|interpret|assess|describe|engage|discuss|hear|listen|perceive|complete|guess|make)"
)
_MEDIA = (
    r"(?:videos?|clips?|images?|pictures?|photos?|frames?|files?|attachments?|footage|media|visuals?"
    r"|content|links?)"
)
_GIVEN = (
    r"(?:provided|attached|uploaded|included|available|given|shared|visible|supplied|present"
    r"|loaded|accessible|displayed|shown|received|found|sent)"
)
_START = re.compile(
    r"^\W*(?:(?:oh|hmm|well|but|unfortunately|no)\W+)*"
    r"(?:i'?m (?:so |very |really |terribly )?sorry|i am (?:so |very |really )?sorry|sorry\b"
    r"|(?:my |many )?apologies|i apologi[sz]e|i regret|i must decline"
    r"|i (?:have to|must) (?:refuse|decline)|i(?:'d| would) rather not|i prefer not"
    r"|抱歉|很抱歉|非常抱歉|对不起|對不起|不好意思"
    r"|恐怕我?(?:无法|不能)|很遗憾|遗憾)",
    re.IGNORECASE,
)
_INABILITY = re.compile(
    rf"\b(?:i|we)\s?(?:{_CANNOT})\s+{_VERBS}\b"
    rf"|\b(?:i|we)\s?(?:{_CANNOT}|do not|don'?t|did not|didn'?t)\s+(?:\w+ )?"
    rf"(?:see|have|find|get|receive|have access to)\s+(?:\w+ ){{0,4}}{_MEDIA}\b"
    rf"|\bno (?:\w+ ){{0,2}}{_MEDIA} (?:or \w+ )?"
    rf"(?:(?:is|was|were|are|has been|have been|had been) )?{_GIVEN}\b"
    rf"|\b{_MEDIA} (?:\w+ ){{0,3}}(?:not|n'?t|never) (?:been )?(?:be )?(?:\w+ )?{_GIVEN}\b"
    rf"|\b{_MEDIA} (?:appears?|seems?|is|are) (?:to be )?(?:missing|empty|blank|corrupted|broken)\b"
    rf"|\bthere (?:is|are|was|were) no (?:\w+ ){{0,2}}{_MEDIA}\b"
    rf"(?=\W*$|[^.]*{_GIVEN}|[^.]*to (?:see|analy)|\W+(?:in|with) (?:your|this|the))"
    rf"|\b(?:please|kindly) (?:upload|provide(?! for)|share|attach|send|supply|try again|resend)\b"
    rf"|\bwithout (?:any )?access to (?:the |any |your )?(?:\w+ )?{_MEDIA}\b"
    rf"|\b{_MEDIA} (?:is|are|was|were) (?:completely|entirely|totally|fully) "
    r"(?:black|blank|dark)\b"
    rf"|\b(?:this|the) {_MEDIA} (?:contains?|shows?|has|have|includes?) no (?:\w+ )?"
    r"(?:people|persons?|humans?|faces?)\b"
    rf"|\bI have no (?:way|means|ability) (?:to|of) {_VERBS}"
    rf"|\b(?:not|n't) (?:allow|permit|let) me (?:to )?{_VERBS}"
    rf"|\bI(?:'m| am) not (?:allowed|permitted) to {_VERBS}"
    r"|^\W*(?:error|exception|traceback|warning)\s*[:：]"
    r"|\bnothing can be (?:seen|recogni[sz]ed|made out|identified|said)\b"
    r"|\bcannot be (?:determined|identified|inferred|assessed|established)\b"
    r"|\b(?:not possible|impossible|inappropriate|not (?:be )?appropriate|not comfortable"
    r"|unethical)(?: for me)? to (?:say|tell|describe|explain|determine|infer|identify|judge|label"
    r"|guess|assess|speculate|know)\b"
    r"|\b(?:not enough|insufficient|lacks? (?:enough|sufficient)) (?:\w+ )?(?:information|context"
    r"|detail|evidence|data)\b"
    r"|\bagainst my (?:\w+ )?(?:guidelines|policy|policies|programming)\b"
    r"|\bviolates? (?:\w+ )?(?:polic|guideline)"
    r"|\b(?:content|safety|usage) (?:policy|policies|guidelines)\b",
    re.IGNORECASE,
)
_NO_SUBJECT = re.compile(
    r"^\W*(?:unfortunately\W+)?"
    r"(?:(?:it (?:is|was) )?(?:not possible|impossible|unable|not able) to|can ?not|can't)\s+"
    r"(?:be )?(?:\w+ly )?(?:determined?|identif(?:y|ied)|infer(?:red)?|judged?|classif(?:y|ied)"
    r"|assess(?:ed)?|analy[sz]ed?|process(?:ed)?|view(?:ed)?|access(?:ed)?|recogni[sz]ed?"
    r"|label(?:led)?|tell|say|see)\b"
    rf"(?:\W*$|[^.;]*\b(?:emotions?|expressions?|feelings?|labels?|{_MEDIA[3:]}\b)",
    re.IGNORECASE,
)
_OTHER_LANGUAGES = re.compile(
    r"^\W*(?:(?:je suis |nous sommes )?(?:vraiment )?désolée?s?\b|je ne (?:peux|suis|vois)"
    r"|malheureusement|lo siento|lo lamento|no puedo|no veo|lamentablemente"
    r"|desculpe|sinto muito|lamento|não (?:consigo|posso|vejo)"
    r"|mi dispiace|spiacente|non (?:posso|riesco|vedo)"
    r"|(?:es )?tut mir leid|entschuldigung|leider"
    r"|ich (?:kann|sehe) (?:\w+ ){0,5}(?:nicht|keine?)\b"
    r"|извините|простите|к сожалению|я не (?:могу|вижу)"
    r"|申し訳|すみません|ごめんなさい|죄송|미안)"
    r"|\b(?:aucune? (?:image|vidéo|photo)|ningun[ao] (?:imagen|vídeo|video)"
    r"|nenhuma? (?:imagem|vídeo)|nessun[ao]? (?:immagine|video)"
    r"|keine? (?:bilder|bild|videos?|clips?))\b"
    r"|(?:判断|特定|識別|確認|お答え)(?:することは|は)?(?:できません|できない)"
    r"|(?:판단|식별|확인)할 수 없",
    re.IGNORECASE,
)
_CHINESE = re.compile(
    r"(?<![他她它们人者])(?:无法|無法|不能|难以|難以|没法)(?:直接|准确|从\w{1,6}|确切|明确|为您|为你|对\w{1,6})?"
    r"(?:判断|判斷|识别|識別|确定|確定|看到|查看|观看|访问|处理|提供|回答|分析|辨认|推断|评估|协助|满足|完成|打开|读取)"
    r"|(?:没有|未|沒有)(?:看到|收到|提供|上传|附上|检测到)(?:任何|您的|你的|相关)?(?:\w{0,4})?(?:视频|图片|图像|画面|音频|文件|片段)"
    r"|(?:看不到|打不开|看不见)(?:任何|您的|你的)?(?:视频|图片|图像|画面|片段)"
    r"|请(?:您|你)?(?:先|重新)?(?:上传|提供|发送)|不便(?:回答|判断|评论)|(?:信息|资料)不足"
)
_PATTERNS = (_START, _INABILITY, _NO_SUBJECT, _OTHER_LANGUAGES, _CHINESE)
_PLACEHOLDER = re.compile(
    r"^\W*(?:n\s?/?\s?a|none|null|nil|nan|unknown|undefined"
    r"|not (?:applicable|available|provided|given)"
    r"|(?:the )?(?:explanation|reason|description|text) (?:is |was )?(?:un|not )"
    r"(?:available|provided|given|applicable|needed|possible)"
    r"|no (?:explanation|reason|answer|comment|description|text|content)"
    r"(?: (?:given|provided|available))?"
    r"|explanation|reason|text|todo|tbd|无|無|没有|不适用|未知|暂无)?\W*$",
    re.IGNORECASE,
)
_APOSTROPHES = str.maketrans({"’": "'", "‘": "'", "ʼ": "'", "＇": "'", "`": "'"})
_QUOTED = re.compile(r"\"[^\"]*\"|“[^”]*”|「[^」]*」|『[^』]*』|«[^»]*»|(?<!\w)'[^']*'(?!\w)")


def straighten(text: str) -> str:
    """Return a text with plain apostrophes, so that one pattern finds all spellings."""
    return text.translate(_APOSTROPHES)


def is_refusal(text: str) -> bool:
    """Return whether a text says that its writer cannot or will not answer.

    What stands in quotation marks is what people in a clip say, and does not count.
    """
    plain = _QUOTED.sub(" ", straighten(text))
    return any(pattern.search(plain) for pattern in _PATTERNS)


def is_placeholder(text: str) -> bool:
    """Return whether a text is nothing but a word that stands for no text, such as N/A."""
    return bool(_PLACEHOLDER.match(text))
