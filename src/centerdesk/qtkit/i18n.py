"""Qt's own words in Chinese, and Chinese conventions for dates and numbers."""

from __future__ import annotations

from PySide6.QtCore import QLibraryInfo, QLocale, QTranslator
from PySide6.QtWidgets import QApplication

_LOCALE = QLocale(QLocale.Language.Chinese, QLocale.Country.China)


class TranslationMissing(RuntimeError):
    """Qt's Chinese translation is not beside Qt: without it dialogs would be half English."""


def install_chinese(app: QApplication) -> QTranslator:
    """Load qtbase_zh_CN and make zh_CN the default locale. Once, before the first window."""
    QLocale.setDefault(_LOCALE)
    translator = QTranslator(app)
    folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
    if not translator.load(_LOCALE, "qtbase", "_", folder):
        raise TranslationMissing(folder)
    app.installTranslator(translator)
    return translator
